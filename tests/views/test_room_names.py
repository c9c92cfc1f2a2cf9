"""What a channel may be called is its vendor's rule: rooms by number are numbers."""

import re

import pytest

from dashboard.domain.recording import StorageTarget
from dashboard.services import accounts, storage_targets
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import SECRET
from tests.views.conftest import words
from tests.views.test_channels_form import GOOD


@pytest.fixture
def room(house):
    """The form of a channel on an account with TRTC."""

    def add():
        with transaction() as work:
            target = StorageTarget("tencent", "b-1250000000", region="ap-shanghai")
            return accounts.add(
                work, name="Rooms", vendor="trtc", base_url="https://trtc.example.org",
                app_id="1400000001", credentials={}, callback_secrets=(SECRET,),
                storage_id=storage_targets.add(work, "COS", target).id,
            ).id  # fmt: skip

    return GOOD | {"account_id": str(house.do(add)), "preset": "grid", "recorder_uid": "rec_1"}


def told(answer):
    found = re.search(r'id="field-name-error">(.*?)</div>', answer.text, re.S)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


@pytest.mark.parametrize("name", ["1", "8801", "4294967294"])
def test_a_room_by_number_is_a_number(operator, room, name):
    assert (
        operator.post("/channels/new", room | {"room_type": "number", "name": name}).status_code
        == 303
    )


@pytest.mark.parametrize(
    "name", ["0", "08801", "4294967295", "99999999999", "lesson", "-1", "*8801", "٣"]
)
def test_nothing_else_is(operator, room, name):
    answer = operator.post("/channels/new", room | {"room_type": "number", "name": name})
    assert answer.status_code == 422
    assert told(answer) == "A room named by number is a whole number from 1 to 4294967294."


@pytest.mark.parametrize(
    ("name", "taken"),
    [("class-7", True), ("8801", True), ("x" * 64, True), ("x" * 65, False), ("*8801", False),
     ("课", False)],
)  # fmt: skip
def test_a_room_by_text_has_letters_of_its_own(operator, room, name, taken):
    answer = operator.post("/channels/new", room | {"room_type": "text", "name": name})
    assert (answer.status_code == 303) is taken
    assert taken or told(answer).startswith("A room named by text has English letters")


def test_the_form_says_which_rule_holds(operator, room):
    page = operator.send("/channels/form", room | {"room_type": "number"})
    assert "A room named by number is a whole number" in words(page)
