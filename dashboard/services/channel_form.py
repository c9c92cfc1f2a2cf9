"""What may be typed into a channel's form: its name, its account, who its recorder is.

How it is recorded is read by `profile_form`, against what the account can do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.domain.recording import Profile
from dashboard.errors import Problem, text
from dashboard.layouts.families import CLOUD_RECORDING
from dashboard.providers import limits
from dashboard.providers.base import Capabilities
from dashboard.services import profile_form
from dashboard.services.profile_form import Reader

LARGEST_UID = 2**32 - 1
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Wanted:
    """A form that can be taken.

    recording_profile_id: of the recording profile it follows. storage_id: None goes where the
    account's recordings go. secret: of the encryption, as typed; "" keeps the one there is.
    """

    name: str
    account_id: int
    profile: Profile
    recording_profile_id: int | None = None
    storage_id: int | None = None
    secret: str = field(default="", repr=False)


def examine(
    form: Mapping[str, str], can: Capabilities, present: Profile | None = None
) -> tuple[Wanted, list[Problem]]:
    """What a form asks for, and everything wrong with it, each `where` a field's name.

    present: how the channel is recorded now.
    """
    reader = Reader(form)
    uid = reader.typed("recorder_uid")
    if _too_large(uid, can):
        reader.wrong("recorder_uid", can.uid_hint or text("This account takes no such uid."))
    base = present or Profile(uid)
    profile = profile_form.read(reader, can, replace(base, recorder_uid=uid))
    wanted = Wanted(
        name=_name(reader, profile, can),
        account_id=account_of(reader),
        profile=profile,
        recording_profile_id=optional_id(reader, "recording_profile_id"),
        storage_id=optional_id(reader, "storage_id"),
        secret=secret(reader),
    )
    return wanted, reader.problems


def written(wanted: Wanted) -> dict[str, str]:
    """The same as a form: values by field name; never the secret."""
    return {
        "name": wanted.name,
        "account_id": str(wanted.account_id),
        "recording_profile_id": str(wanted.recording_profile_id or ""),
        "storage_id": str(wanted.storage_id or ""),
        "recorder_uid": wanted.profile.recorder_uid,
        **profile_form.written(wanted.profile),
    }


def account_of(reader: Reader) -> int:
    typed = reader.typed("account_id")
    if re.fullmatch(r"[1-9][0-9]{0,9}", typed) and int(typed) <= LARGEST_ID:
        return int(typed)
    reader.wrong("account_id", text("Choose one of the accounts."))
    return 0


def secret(reader: Reader) -> str:
    typed = reader.typed("secret")
    if len(typed) > profile_form.LONGEST_SECRET:
        limit = profile_form.LONGEST_SECRET
        reader.wrong("secret", text("Use at most %(limit)d characters.", limit=limit))
    return typed


def optional_id(reader: Reader, name: str) -> int | None:
    typed = reader.typed(name)
    if not typed:
        return None
    if re.fullmatch(r"[1-9][0-9]{0,9}", typed) and int(typed) <= LARGEST_ID:
        return int(typed)
    reader.wrong(name, text("Choose one of the list."))
    return None


def _too_large(uid: str, can: Capabilities) -> bool:
    """Agora's uids are numbers of 32 bits; a pattern says how many digits, not how much."""
    numbers_only = can.layouts.name == CLOUD_RECORDING.name and re.fullmatch(r"[0-9]{10}", uid)
    return bool(numbers_only) and int(uid) > LARGEST_UID


def _name(reader: Reader, profile: Profile, can: Capabilities) -> str:
    name = reader.typed("name")
    if not name:
        reader.wrong("name", text("Give the channel's name."))
        return name
    for problem in limits.problems_of_name(name, profile, can):
        reader.wrong("name", problem.what)
    return name
