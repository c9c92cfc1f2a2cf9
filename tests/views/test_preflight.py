"""A check before a start: each fault is a line of its own, and a red one stops the start."""

from html import unescape

import pytest

from dashboard.errors import Conflict
from dashboard.extensions import db
from dashboard.models import Account, Channel, StorageTarget
from dashboard.providers.base import Person
from dashboard.services import accounts, preflight
from dashboard.settings import Settings
from tests.views import conftest


def words(answer):
    return unescape(conftest.words(answer))


def change(house, table, **values):
    def write():
        row = db.session.get(table, 1)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()

    house.do(write)


def profile(house, **values):
    document = house.do(lambda: db.session.get(Channel, 1).profile)
    change(house, Channel, profile=document | values)


def found(house):
    return house.do(preflight.look, 1, house._house.operator).findings


def test_it_finds_nothing_wrong_where_nothing_is(operator, house):
    page = words(operator.send("/channels/1/check"))
    assert "A recording can start." in page
    for line in ("Write a file: good", "Read it back: good", "The recorder's uid is free: good"):
        assert line in page
    assert "start" not in house.cloud.asked


def test_it_asks_nobody_before_it_is_pressed(operator, house):
    page = operator.get("/channels/1/check")
    assert "were not asked yet" in words(page)
    assert house.cloud.asked == []


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ({"gop_s": 5}, "Key frame every: This account decides itself when a key frame comes."),
        ({"max_idle_s": 1}, "Idle time: Choose 5 to 2592000."),
        ({"recorder_uid": "zero"}, "Recorder uid: A whole number from 1 to 4294967295"),
        ({"encryption": {"cipher": "sm4-128-ecb"}}, "Secret: The channel's secret is missing."),
    ],
)
def test_it_gives_each_fault_a_line_and_starts_nothing(operator, house, broken, line):
    profile(house, **broken)
    assert line in words(operator.get("/channels/1/check"))
    with pytest.raises(Conflict):
        house.start()
    assert house.cloud.asked == []


def test_it_tells_all_faults_at_once(house):
    profile(house, gop_s=5, part_min=9, max_idle_s=1)
    assert len([step for step in found(house) if step.why]) == 3
    with pytest.raises(Conflict, match="There is more"):
        house.start()


def test_it_stops_a_start_into_a_storage_that_was_put_away(house):
    change(house, StorageTarget, archived_at=house.clock.now())
    with pytest.raises(Conflict, match="is disabled"):
        house.start()
    assert house.cloud.asked == []


def test_it_sees_an_account_that_is_full(operator, house):
    change(house, Account, most_recordings=1)
    house.start()
    assert "may record 1 at the same time, and does." in words(operator.get("/channels/1/check"))


def test_it_sees_somebody_with_the_recorders_uid(operator, house):
    house.cloud.people["lesson"] = [Person("900001", "guest", True, True)]
    page = words(operator.send("/channels/1/check"))
    assert "Somebody with uid 900001 is in the channel." in page
    assert "A recording cannot start like this." in page


def test_it_says_where_nobody_can_tell_who_is_in_the_channel(operator, house):
    change(house, Account, studio=False)
    page = words(operator.send("/channels/1/check"))
    assert "The recorder's uid is free: This account's vendor does not tell who is in" in page


def test_it_says_plainly_that_the_engines_disk_is_full(operator, house):
    house.cloud.full_disk_mb = 12
    page = words(operator.send("/channels/1/check"))
    assert "The disk of Test cloud is full: with 12 MB left it takes no new recording." in page
    assert "A recording can start." not in page


def test_it_sees_a_vendor_that_is_away_and_still_answers(operator, house):
    house.cloud.down = True
    page = words(operator.send("/channels/1/check"))
    assert "Be let in with these keys: The account does not answer." in page


def test_it_sees_a_folder_that_cannot_be_written(operator, house):
    house.cloud.bucket.parent.mkdir(parents=True, exist_ok=True)
    house.cloud.bucket.write_text("a file where a folder should be")
    page = words(operator.send("/channels/1/check"))
    assert "Write a file: good" not in page
    assert "A recording cannot start like this." in page


def test_it_warns_of_an_address_that_a_vendor_cannot_reach(operator, house):
    change(house, Account, base_url="https://api.example.com", studio=False)
    page = words(operator.send("/channels/1/check"))
    assert "cannot be reached from outside. Set TALLYDECK_PUBLIC_URL." in page
    assert "Recording works all the same." in page


@pytest.mark.parametrize(
    ("minutes", "says", "stops"),
    [(60, None, False), (24 * 60 - 10, None, False),
     (24 * 60 - 9, "at least 10 min shorter", True), (24 * 60, "as long or longer", True),
     (25 * 60, "as long or longer", True), (None, "as long or longer", False)],
)  # fmt: skip
def test_it_compares_the_tokens_life_with_the_planned_recording(house, minutes, says, stops):
    certify(house)
    profile(house, max_duration_min=minutes)
    token = token_step(house)
    assert (says in str(token.why)) if says else token.ok
    assert (token.needed and not token.ok) == stops


@pytest.mark.parametrize(
    ("hours", "says"),
    [(0, "the recording has no ceiling"), (23, None), (48, "as long or longer")],
)
def test_it_warns_where_only_the_ceiling_of_the_house_outlasts_the_token(
    house, app, monkeypatch, hours, says
):
    longest(app, monkeypatch, hours)
    certify(house)
    token = token_step(house)
    assert (says in str(token.why)) if says else token.ok
    assert token.ok or not token.needed


def test_it_knows_that_trtc_always_enters_by_a_ticket(house, app, monkeypatch):
    longest(app, monkeypatch, 0)
    change(house, Account, vendor="trtc")
    assert "lives 744 h" in str(token_step(house).why)


def test_it_says_in_the_form_when_a_recording_without_a_ceiling_ends(operator, app, monkeypatch):
    assert "Empty: after 24 h." in words(operator.get("/channels/1/edit"))
    longest(app, monkeypatch, 0)
    assert "Empty: no ceiling." in words(operator.get("/channels/1/edit"))


def test_it_tells_that_the_account_is_disabled(operator, house):
    change(house, Account, archived_at=house.clock.now())
    page = words(operator.get("/channels/1/check"))
    assert "An account in use: Account Test cloud is disabled." in page


def certify(house):
    def write():
        account = db.session.get(Account, 1)
        config = accounts.config_of(account)
        keys = {**config.credentials, "app_certificate": "0" * 32}
        accounts.seal_secrets(account, keys, config.callback_secrets)
        db.session.commit()

    house.do(write)


def token_step(house):
    (token,) = [step for step in found(house) if step.what == preflight.TOKEN]
    return token


def longest(app, monkeypatch, hours):
    """What TALLYDECK_LONGEST_RECORDING_H is."""
    name = next(key for key, value in app.extensions.items() if isinstance(value, Settings))
    changed = app.extensions[name].model_copy(update={"longest_recording_h": hours})
    monkeypatch.setitem(app.extensions, name, changed)


def test_it_shows_the_reason_and_leads_to_the_check_when_a_start_is_refused(operator, house):
    profile(house, gop_s=5)
    answer = operator.send("/channels/1/start", {"key": "press-0001"})
    assert "This account decides itself when a key frame comes." in words(answer)
    assert "/channels/1/check" in answer.text


def test_it_is_not_open_to_viewers(viewer):
    assert viewer.get("/channels/1/check").status_code == 403
    assert viewer.post("/channels/1/check").status_code == 403


def test_it_does_not_know_channels_that_are_not_there(operator):
    assert operator.get("/channels/99/check").status_code == 404
