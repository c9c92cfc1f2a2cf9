"""Images by address: what is fetched, what is kept, and whom the engine never calls."""

import asyncio
import contextlib
import io

import pytest
from aiohttp import web
from PIL import Image

from dashboard.engine import images
from dashboard.engine.images import LIMITS, ImageRefused, Images, Limits, is_public

SMALL = Limits(50_000, 200)


def picture(kind="PNG", size=(20, 10), colour="#2F6FDE"):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


class Site:
    """A real server on loopback. calls: the paths that were asked for."""

    def __init__(self):
        self.calls = []
        self.port = 0

    async def answer(self, request):
        self.calls.append(request.path)
        name = request.match_info["name"]
        if name.startswith("to-"):
            raise web.HTTPFound(request.query["where"])
        if name == "slow.png":
            await asyncio.sleep(1)
        if name == "endless.png":
            response = web.StreamResponse()
            await response.prepare(request)
            with contextlib.suppress(ConnectionError):
                while True:
                    await response.write(b"\0" * 65_536)
            return response
        bodies = {
            "one.png": picture(), "one.jpg": picture("JPEG"), "one.bmp": picture("BMP"),
            "one.gif": picture("GIF"), "large.png": picture(size=(201, 4)),
            "page.png": b"<html>not an image", "broken.png": picture(size=(90, 90))[:-30],
        }  # fmt: skip
        if name not in bodies:
            raise web.HTTPNotFound
        return web.Response(body=bodies[name], content_type="image/png")

    def url(self, name, host="127.0.0.1"):
        return f"http://{host}:{self.port}/{name}"


@contextlib.asynccontextmanager
async def open_site():
    site = Site()
    app = web.Application()
    app.router.add_get("/{name}", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()


def fetch(tmp_path, *names, allowed=("127.0.0.1",), limits=SMALL, host="127.0.0.1"):
    """Ask for each name, one after the other. Returns what came of each, and the calls made."""

    async def run():
        async with open_site() as site:
            keeper = Images(tmp_path / "images", allowed)
            found = []
            for name in names:
                where = name.format(port=site.port) if "://" in name else site.url(name, host)
                try:
                    found.append(await keeper.get(where, limits))
                except ImageRefused as refused:
                    found.append(refused)
            await keeper.close()
            return found, site.calls

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["one.png", "one.jpg", "one.bmp"])
def test_it_fetches_an_image_and_keeps_it(tmp_path, name):
    (path,), _ = fetch(tmp_path, name)
    assert path.parent == tmp_path / "images"
    assert path.suffix == name[3:]
    with Image.open(path) as image:
        assert image.size == (20, 10)


def test_it_asks_once_for_what_it_has(tmp_path):
    (one, again, other), calls = fetch(tmp_path, "one.png", "one.png", "one.jpg")
    assert one == again != other
    assert calls == ["/one.png", "/one.jpg"]


def test_who_asks_at_the_same_time_waits_for_the_same_answer(tmp_path):
    async def run():
        async with open_site() as site:
            keeper = Images(tmp_path / "images", ["127.0.0.1"])
            asked = (keeper.get(site.url("one.png"), SMALL) for _ in range(5))
            paths = await asyncio.gather(*asked)
            await keeper.close()
            return paths, site.calls

    paths, calls = asyncio.run(run())
    assert len(set(paths)) == 1
    assert calls == ["/one.png"]


@pytest.mark.parametrize(
    "name", ["none.png", "page.png", "broken.png", "one.gif", "large.png", "endless.png"]
)
def test_it_refuses_what_is_no_image_or_too_much(tmp_path, name):
    (refused,), _ = fetch(tmp_path, name)
    assert isinstance(refused, ImageRefused)
    assert not list((tmp_path / "images").glob("*"))


def test_what_one_vendor_takes_may_be_too_large_for_another(tmp_path):
    async def run():
        async with open_site() as site:
            keeper = Images(tmp_path, ["127.0.0.1"])
            await keeper.get(site.url("one.png"), SMALL)
            with pytest.raises(ImageRefused):
                await keeper.get(site.url("one.png"), Limits(50_000, 19))
            await keeper.close()

    asyncio.run(run())
    assert LIMITS["trtc"].size_bytes < LIMITS["agora"].size_bytes


def test_it_gives_up_on_a_slow_host(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "TIME_LIMIT_S", 0.2)
    (refused,), _ = fetch(tmp_path, "slow.png")
    assert "0.2 s" in str(refused)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0", "2130706433",
                                  "0x7f.1", "127.1", "[::1]"])  # fmt: skip
def test_it_never_calls_this_machine(tmp_path, host):
    (refused,), calls = fetch(tmp_path, "one.png", allowed=(), host=host)
    assert isinstance(refused, ImageRefused)
    assert calls == []


def test_a_host_that_is_allowed_does_not_allow_its_neighbours(tmp_path):
    (by_name, by_number), calls = fetch(
        tmp_path, "http://localhost:{port}/one.png", "one.png", allowed=["localhost"]
    )
    assert by_name.exists()
    assert isinstance(by_number, ImageRefused)
    assert calls == ["/one.png"]


def test_it_is_sent_on_to_allowed_hosts_alone(tmp_path):
    there, back = "http://localhost:{port}/one.png", "http://127.0.0.1:{port}/to-x?where="
    found, calls = fetch(tmp_path, back + "/one.png", back + there, back + "file:///etc/passwd",
                         back + "http://169.254.169.254/one.png")  # fmt: skip
    assert found[0].exists()
    assert all(isinstance(refused, ImageRefused) for refused in found[1:])
    assert calls.count("/one.png") == 1


def test_it_is_not_sent_round_in_circles(tmp_path):
    (refused,), calls = fetch(tmp_path, "http://127.0.0.1:{port}/to-x?where=/to-x?where=/to-x")
    assert isinstance(refused, ImageRefused)
    assert len(calls) <= images.MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "ftp://example.org/a.png", "//example.org/a.png", "a.png", "",
     "http://", "http://user:secret@example.org/a.png", "http://[::1", "gopher://example.org/a"],
)  # fmt: skip
def test_it_refuses_other_ways_than_the_web(tmp_path, address):
    async def run():
        keeper = Images(tmp_path)
        with pytest.raises(ImageRefused):
            await keeper.get(address, SMALL)
        await keeper.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "number",
    ["10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fd00::1",
     "ff02::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"],
)  # fmt: skip
def test_private_numbers_are_not_public(number):
    assert not is_public(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_numbers_are(number):
    assert is_public(number)


def test_it_keeps_only_so_much(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "KEPT_BYTES", len(picture("JPEG")) + 10)
    (one, other), _ = fetch(tmp_path, "one.png", "one.jpg")
    assert [path.exists() for path in (one, other)] == [False, True]
