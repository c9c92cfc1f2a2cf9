"""Parts of the engine that need no process."""

import asyncio
import os

import pytest

from dashboard.engine.channels import Channels, default_publisher
from dashboard.engine.config import Tuning, read_config
from dashboard.engine.disk import place, write_atomically
from dashboard.engine.doors.agora_resource import Resource, seal, unseal
from dashboard.engine.doors.gate import TokenBucket, for_a_line
from dashboard.engine.journal import Journal
from dashboard.engine.losses import Losses
from dashboard.engine.tasks import End, Fault, Phase, Spec, Task
from dashboard.engine.uploads.queue import Uploader
from dashboard.engine.uploads.targets import Folder


def a_task(**changes):
    spec = Spec(
        canvas={"width": 320, "height": 180, "fps": 10, "bitrate_kbps": 200},
        layout={"preset": "best_fit"},
        subscription={"audio": None, "video": {"allow": ["1"]}},
        bucket="rec",
        folders=("a", "b"),
    )
    return Task("f" * 32, "agora", "rid", "room", "900001", 1, 2, spec, **changes)


# --- disk ---------------------------------------------------------------------------------


def test_it_replaces_a_file_whole_and_for_the_owner_alone(tmp_path):
    path = tmp_path / "state.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["state.json"]


def test_it_places_a_file_twice_and_over_an_older_one(tmp_path):
    source, target = tmp_path / "a.m3u8", tmp_path / "bucket" / "x" / "a.m3u8"
    source.write_text("one")
    place(source, target)
    place(source, target)
    newer = tmp_path / "newer"
    newer.write_text("two")
    os.replace(newer, source)
    place(source, target)
    assert target.read_text() == "two"
    assert os.listdir(target.parent) == ["a.m3u8"]


def test_it_copies_where_it_cannot_link(tmp_path, monkeypatch):
    def no_link(*_):
        raise OSError(18, "cross-device")

    monkeypatch.setattr(os, "link", no_link)
    (tmp_path / "a.ts").write_bytes(b"media")
    place(tmp_path / "a.ts", tmp_path / "bucket" / "a.ts")
    assert (tmp_path / "bucket" / "a.ts").read_bytes() == b"media"


# --- tasks and journal --------------------------------------------------------------------


def test_it_reads_a_task_as_it_wrote_it(tmp_path):
    task = a_task(phase=Phase.FINISHING, end=End.IDLE, fault=Fault.DISK_FULL, recorded=True,
                  mp4_names=("a.mp4",), pending=[{"noticeId": "1"}])  # fmt: skip
    journal = Journal(tmp_path)
    asyncio.run(journal.save(task))
    assert list(Journal(tmp_path).load()) == [task]


def test_it_leaves_alone_what_it_cannot_read(tmp_path):
    journal = Journal(tmp_path)
    asyncio.run(journal.save(a_task()))
    for name, content in (("a", "{"), ("b", "{}"), ("c", '{"spec": 1}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "state.json").write_text(content)
    assert [task.sid for task in journal.load()] == ["f" * 32]
    assert (tmp_path / "a" / "state.json").exists()


def test_it_forgets_no_files_that_nobody_else_has(tmp_path):
    journal = Journal(tmp_path)
    asyncio.run(journal.save(a_task()))
    journal.make_room("f" * 32)
    (journal.files("f" * 32) / "a.ts").touch()
    journal.forget("f" * 32)
    assert (tmp_path / ("f" * 32) / "state.json").exists()
    journal.drop_files("f" * 32)
    journal.forget("f" * 32)
    assert not (tmp_path / ("f" * 32)).exists()


def test_it_saves_the_newest_though_a_waiter_was_cancelled(tmp_path):
    async def scene():
        journal, task = Journal(tmp_path), a_task()
        first = asyncio.create_task(journal.save(task))
        await asyncio.sleep(0)
        first.cancel()
        task.failovers = 7
        await journal.save(task)
        return next(journal.load()).failovers

    assert asyncio.run(scene()) == 7


# --- uploader -----------------------------------------------------------------------------


class Upload:
    """An uploader with ears."""

    def __init__(self, folder):
        self.arrived, self.trouble, self.refusing = [], [], False
        (folder / "files").mkdir()
        self.files, self.bucket = folder / "files", folder / "bucket"
        self.uploader = Uploader(
            self.files, Folder(self.bucket), self._arrive, self._hear, lambda: self.refusing
        )

    async def _arrive(self, name):
        self.arrived.append(name)

    async def _hear(self, fault, message, code):
        self.trouble.append(fault)
        self.refusing = False


def test_it_brings_slices_before_the_playlist(tmp_path):
    upload = Upload(tmp_path)
    for name in ("a.m3u8", "b.ts", "a.ts", "c.ts.part", ".a.m3u8.tmp"):
        (upload.files / name).write_text(name)

    async def scene():
        upload.uploader.add_all()
        assert await upload.uploader.settle(5)
        await upload.uploader.close()

    asyncio.run(scene())
    assert upload.arrived == ["a.ts", "b.ts", "a.m3u8"]
    assert sorted(os.listdir(upload.bucket)) == ["a.m3u8", "a.ts", "b.ts"]
    assert upload.uploader.part == 1.0


def test_it_tries_again_tells_once_and_keeps_the_order(tmp_path):
    upload = Upload(tmp_path)
    upload.refusing = True
    for name in ("a.ts", "b.ts"):
        (upload.files / name).write_text(name)

    async def scene():
        upload.uploader.add("a.ts")
        upload.uploader.add("b.ts")
        assert not await upload.uploader.settle(0.05)
        assert upload.uploader.part == 0
        assert await upload.uploader.settle(5)
        await upload.uploader.close()

    asyncio.run(scene())
    assert upload.trouble == [Fault.STORAGE_REFUSED]
    assert upload.arrived == ["a.ts", "b.ts"]


# --- channels -----------------------------------------------------------------------------


def test_it_tells_listeners_and_remembers(tmp_path):
    heard = []

    async def scene():
        channels = Channels(tmp_path / "channels.json")
        channels.listen(lambda *told: heard.append(told))
        card = await channels.put("room", "7", color="#123456")
        await channels.put("room", "8")
        assert await channels.remove("room", "8")
        assert not await channels.remove("room", "8")
        return card

    card = asyncio.run(scene())
    assert heard[0] == ("room", card, "7")
    assert heard[-1] == ("room", None, "8")
    again = Channels(tmp_path / "channels.json", "demo")
    assert again.people("room") == [card]
    assert again.names() == ["room"]


def test_it_begins_empty_when_its_file_is_broken(tmp_path):
    (tmp_path / "channels.json").write_text('{"channels": {"room": [{}]}}')
    assert Channels(tmp_path / "channels.json", "demo").names() == []


def test_it_gives_the_same_uid_the_same_card_and_never_red():
    assert default_publisher("77").color == default_publisher("77").color
    for uid in map(str, range(1, 200)):
        card = default_publisher(uid)
        red, green, blue = bytes.fromhex(card.color[1:])
        assert not (red > 180 and green < 90 and blue < 90)
        assert 440 <= card.tone_hz <= 440 + 11 * 110


# --- gate, resource, settings -------------------------------------------------------------


def test_it_fills_the_bucket_with_time():
    now = [0.0]
    bucket = TokenBucket(10, lambda: now[0])
    assert [bucket.take() for _ in range(11)] == [True] * 10 + [False]
    now[0] += 0.1
    assert [bucket.take(), bucket.take()] == [True, False]
    now[0] += 60
    assert sum(bucket.take() for _ in range(20)) == 10


def test_it_opens_only_its_own_seal():
    resource = Resource("app", "room", "7", 1_700_000_000_000, 72)
    text = seal(resource, "secret")
    assert unseal(text, "secret") == resource
    assert seal(resource, "secret") != text
    assert unseal(text, "other") is None
    assert unseal(text[:-2] + "AA", "secret") is None
    assert unseal("", "secret") is None


def test_it_reads_flags_before_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TALLYDECK_DATA", str(tmp_path))
    monkeypatch.setenv("TALLYDECK_ENGINE_PORT", "1")
    monkeypatch.setenv("TALLYDECK_ENGINE_CALLBACK_SECRET", "from the environment")
    argv = ["--port", "2", "--callback-url", "", "--tune", "rate_per_s=3",
            "--tune", "retry_gaps_s=1,2"]  # fmt: skip
    config = read_config(argv)
    app = next(iter(config.apps))
    assert (config.port, app.callback_url) == (2, "")
    assert config.data == tmp_path / "engine"
    assert app.callback_secret == "from the environment"
    assert config.tuning == Tuning(rate_per_s=3.0, retry_gaps_s=(1.0, 2.0))
    assert "from the environment" not in repr(config)
    assert app.dialect == "agora"
    assert app.app_id


@pytest.mark.parametrize("pair", ["nothing=1", "rate_per_s=fast", "rate_per_s"])
def test_it_refuses_a_limit_it_does_not_know(tmp_path, monkeypatch, pair):
    monkeypatch.setenv("TALLYDECK_DATA", str(tmp_path))
    with pytest.raises(SystemExit):
        read_config(["--tune", pair])


def test_it_gives_up_on_workers_that_keep_dying():
    losses = Losses()
    assert losses.pause_after_one_more(0) == 0
    assert losses.pause_after_one_more(100) == 0
    assert [losses.pause_after_one_more(101 + n) for n in range(3)] == [1.0, 1.5, None]


def test_a_line_of_the_log_shows_the_beginning_of_a_resource_id():
    sid = "5f0c" * 8
    path = f"/resourceid/{'Zk3v_8Qd' * 20}/sid/{sid}/mode/mix/query"
    assert for_a_line(path) == f"/resourceid/Zk3v_8Qd…/sid/{sid}/mode/mix/query"
