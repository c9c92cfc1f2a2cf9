"""Every screen answers at once while no vendor does: no page ever asks one."""

import re
import socket
import time

import pytest

from dashboard.domain.recording import Profile, StorageTarget
from dashboard.models import Account, Channel, Recording
from dashboard.services import accounts, context, storage_targets
from dashboard.services.unit_of_work import transaction
from dashboard.storage import s3

AT_ONCE_S = 1.5
"""Hundredths of a second on a quiet machine; a call to the host below would take 2 s at least."""
PARTS = {"id": "1", "recording_id": "2", "channel_id": "1", "version": "1", "position": "1",
         "uid": "1001", "user_id": "1"}  # fmt: skip


@pytest.fixture
def silent():
    """A host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        yield listener


@pytest.fixture
def far(house, silent, clock):
    """Accounts with each vendor at that host, a bucket there, and a recording under way."""
    address = f"http://127.0.0.1:{silent.getsockname()[1]}"

    def make():
        with transaction() as work:
            bucket = StorageTarget("s3", "rec", endpoint=address, access_key="a", secret_key="b")
            storage = storage_targets.add(work, "Bucket", bucket)
            for vendor in ("agora", "anyrtc", "trtc"):
                account = accounts.add(
                    work, name=vendor, vendor=vendor, base_url=address, app_id="1400000001",
                    credentials={"customer_key": "k", "customer_secret": "s", "secret_id": "k",
                                 "secret_key": "s", "app_secret": "a"},
                    callback_secrets=("s",), storage_id=storage.id, studio=True,
                )  # fmt: skip
                channel = Channel(
                    account_id=account.id, name=f"room-{vendor}", created_at=clock.now(),
                    profile=Profile(recorder_uid="900001").to_json(),
                )  # fmt: skip
                work.session.add(channel)
                work.session.flush()
                target = storage_targets.Chosen(storage.id, bucket)
                work.session.add(_recording(account, channel, target))

    house.do(make)


def _recording(account: Account, channel: Channel, target) -> Recording:
    now = context.now()
    return Recording(
        channel_id=channel.id, account_id=account.id, channel_name=channel.name,
        recorder_uid="900001", profile=channel.profile, storage=storage_targets.kept(target),
        state="recording", version=1, key=f"press-{account.id}", started_at=now,
        recording_since=now, gone=0, resumed=0, handle={"sid": "5f" * 16, "task_id": "t"},
        handle_key=f"key-{account.id}",
    )  # fmt: skip


def test_no_page_asks_a_vendor_or_a_store(app, far, browse, silent):
    admin = browse("administrator")
    answered, slow = set(), {}
    for path in sorted(_pages(app)):
        answer, took_s = _timed(admin, path)
        if took_s > AT_ONCE_S:
            _, took_s = _timed(admin, path)  # the first time it loads what it is drawn with
        assert answer.status_code < 500, path
        if answer.status_code == 200:
            answered.add(path)
        if took_s > AT_ONCE_S:
            slow[path] = took_s
    assert {"/channels", "/recordings", "/recordings/1", "/accounts", "/accounts/2", "/storage",
            "/storage/2", "/layouts", "/people", "/account", "/shell"} <= answered  # fmt: skip
    assert not slow
    with pytest.raises(BlockingIOError):
        silent.accept()  # nobody has come


def _timed(browser, path):
    began = time.monotonic()
    return browser.get(path), time.monotonic() - began


def _pages(app):
    """Every address that can be got, once with the first and once with the second row's id."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in ("static", "media.get"):
            continue
        for number in ("1", "2"):
            known = PARTS | {"id": number}
            yield re.sub(
                r"<(?:\w+:)?(\w+)>", lambda part, at=known: at.get(part[1], "x"), rule.rule
            )


def test_the_host_would_have_been_noticed(far, browse, silent, monkeypatch):
    """The same host, asked by the one button that does."""
    monkeypatch.setitem(s3._CONFIG, "read_timeout", 0.2)
    browse("administrator").post("/storage/2/test")
    connection, _ = silent.accept()
    connection.close()
