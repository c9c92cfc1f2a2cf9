"""Whom to record, in Agora's lists. Source: agora-anyrtc.md 4.2 and 5.

**A list of one medium turns the other off.** So as soon as one medium has a list, the other
is given one that means everybody; and where nobody of a medium is wanted, a start leaves its
list out. An update may be read as leaving alone what it does not name, so there the recorder's
own uid is the only one in the list: it never publishes. A list of a medium that is not
recorded is refused, so there is none.
"""

from typing import Any

from dashboard.domain.recording import Streams
from dashboard.domain.subscription import Choice, Subscription
from dashboard.protocols.agora import ALL_STREAMS

Lists = dict[str, Any]


def for_start(subscription: Subscription, streams: Streams, recorder_uid: str) -> Lists:
    """Fields of recordingConfig; none where everybody is recorded."""
    lists = _wanted(subscription, streams)
    if all(choice.is_everybody for choice in lists.values()):
        return {}
    if any(not _is_nobody(choice) for choice in lists.values()):
        lists = {medium: choice for medium, choice in lists.items() if not _is_nobody(choice)}
    return {name: uids for medium, choice in lists.items()
            for name, uids in _list(medium, choice, recorder_uid).items()}  # fmt: skip


def for_update(subscription: Subscription, streams: Streams, recorder_uid: str) -> Lists:
    """The streamSubscribe of update. Everybody is said, too: it may have been otherwise before."""
    return {
        f"{medium.lower()}UidList": _list(medium, choice, recorder_uid)
        for medium, choice in _wanted(subscription, streams).items()
    }


def _wanted(subscription: Subscription, streams: Streams) -> dict[str, Choice]:
    wanted = {"Audio": subscription.audio, "Video": subscription.video}
    if streams is Streams.AUDIO:
        wanted.pop("Video")
    if streams is Streams.VIDEO:
        wanted.pop("Audio")
    return wanted


def _is_nobody(choice: Choice) -> bool:
    return choice.nobody or bool(choice.only and not _named(choice))


def _named(choice: Choice) -> list[str]:
    return [uid for uid in choice.only if choice.takes(uid)]


def _list(medium: str, choice: Choice, recorder_uid: str) -> dict[str, list[str]]:
    if _is_nobody(choice):
        return {f"subscribe{medium}Uids": [recorder_uid]}
    if choice.never and not choice.only:
        return {f"unSubscribe{medium}Uids": list(choice.never)}
    return {f"subscribe{medium}Uids": _named(choice) or [ALL_STREAMS]}
