"""Images by address in recordings through the doors, fetched from a real server."""

import contextlib
import http.server
import io
import os
import signal
import threading
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from tests.engine.harness import SMALL, wait_until
from tests.engine.trtc import TrtcReceiver, trtc_engine

BODIES = {"/red.png": "#C02020", "/green.jpg": "#20A040"}


class Site(http.server.BaseHTTPRequestHandler):
    """Two images, and nothing else."""

    calls: list[str] = []  # noqa: RUF012 - shared by the handlers of one server

    def do_GET(self):
        path = self.path.partition("?")[0]
        self.calls.append(path)
        if path not in BODIES:
            self.send_error(404)
            return
        out = io.BytesIO()
        kind = "PNG" if path.endswith("png") else "JPEG"
        Image.new("RGB", (160, 90), BODIES[path]).save(out, kind)
        self.send_response(200)
        self.send_header("Content-Length", str(len(out.getvalue())))
        self.end_headers()
        self.wfile.write(out.getvalue())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def receiver():
    with TrtcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("engine")
    with trtc_engine(folder, receiver.url, cpu_share=0, image_hosts="127.0.0.1") as process:
        yield process


def seen(engine, sid, colour, x, y, within=16):
    """Wait until a place of the recorded picture, as fractions, has a colour."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]

    def look():
        answer = engine.studio(f"/recordings/{quote(sid, safe='')}/preview.jpg?width=320")
        if answer.status_code != 200:
            return False
        pixels = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"), int)
        patch = pixels[int(y * 180) - 3 : int(y * 180) + 3, int(x * 320) - 3 : int(x * 320) + 3]
        return abs(patch.reshape(-1, 3).mean(0) - wanted).max() <= within

    wait_until(look, 10, f"{colour} at {x}, {y}")


def test_trtc_shows_a_background_a_placeholder_and_a_watermark(engine, receiver, site):
    engine.join("pictures", "anna", video=False)
    task = engine.create("pictures", RoomIdType=0, MixLayoutParams={
        "MixLayoutMode": 4, "PlaceHolderMode": 1, "BackgroundImageUrl": f"{site}/red.png",
        "DefaultSubBackgroundImage": f"{site}/green.jpg",
        "MixLayoutList": [{"Top": 0, "Left": 0, "Width": 160, "Height": 90, "UserId": "anna"}],
        "WaterMarkList": [
            {"WaterMarkType": 0, "WaterMarkImage": {"WaterMarkUrl": f"{site}/green.jpg",
             "Top": 120, "Left": 240, "Width": 60, "Height": 40}},
            {"WaterMarkType": 1, "WaterMarkChar": {"Top": 0, "Left": 240, "Width": 80,
             "Height": 40, "Chars": ".", "BackGroundColor": "0x102040"}}]})  # fmt: skip
    seen(engine, task, BODIES["/green.jpg"], 0.25, 0.25)
    seen(engine, task, BODIES["/red.png"], 0.25, 0.8)
    seen(engine, task, BODIES["/green.jpg"], 0.85, 0.78)
    seen(engine, task, "#102040", 0.9, 0.03)
    engine.modify(task, MixLayoutParams={"MixLayoutMode": 4, "BackGroundColor": "#204080",
        "MixLayoutList": [{"Top": 0, "Left": 0, "Width": 2, "Height": 2}]})  # fmt: skip
    for x, y in ((0.25, 0.25), (0.25, 0.8), (0.85, 0.78), (0.9, 0.03)):
        seen(engine, task, "#204080", x, y)
    engine.delete(task)
    assert 309 not in receiver.events(task)


def test_trtc_is_told_of_an_image_that_does_not_come(engine, receiver, site):
    engine.join("broken", "anna")
    task = engine.create("broken", RoomIdType=0, MixLayoutParams={
        "MixLayoutMode": 3, "BackgroundImageUrl": f"{site}/none.png?key=secret"})  # fmt: skip
    assert receiver.wait_for(309, task).payload == {"Url": f"{site}/none.png?key=secret"}
    wait_until(lambda: engine.status(task) == "InProgress")
    engine.delete(task)
    assert "key=secret" not in engine.log


def test_images_are_there_again_after_a_recorder_was_lost(engine, receiver, site):
    engine.join("lost", "anna", video=False)
    task = engine.create("lost", RoomIdType=0, MixLayoutParams={
        "MixLayoutMode": 3, "BackgroundImageUrl": f"{site}/red.png"})  # fmt: skip
    seen(engine, task, BODIES["/red.png"], 0.5, 0.5)
    with contextlib.suppress(ProcessLookupError):
        for pid in engine.workers():
            os.kill(pid, signal.SIGKILL)
    receiver.wait_for(306, task)
    seen(engine, task, BODIES["/red.png"], 0.5, 0.5)
    engine.delete(task)


def test_private_hosts_are_not_called_unless_they_are_named(tmp_path, site):
    before = len(Site.calls)
    with trtc_engine(tmp_path) as engine:
        super(type(engine), engine).studio("/channels/agora/people/1", {"video": False}, "PUT")
        picture = {**SMALL, "backgroundColor": "#204080", "backgroundImage": f"{site}/red.png"}
        recording = engine.start_recording("agora", transcodingConfig=picture)
        wait_until(lambda: "not a public address" in engine.log)
        path = f"/recordings/{recording.sid}/preview.jpg?width=320"
        found = wait_until(lambda: super(type(engine), engine).studio(path).content)
        pixels = np.asarray(Image.open(io.BytesIO(found)).convert("RGB"), int)
        assert abs(pixels[90, 160] - [0x20, 0x40, 0x80]).max() <= 12
        engine.of(recording, "stop", {"async_stop": True})
    assert len(Site.calls) == before
