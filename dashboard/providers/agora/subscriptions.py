"""Whom to record, in Agora's lists. Source: agora-anyrtc.md 4.2 and 5.

**A list of one medium turns the other off.** So as soon as one medium has a list, the other
is given one that means everybody. A list of a medium that is not recorded is refused, so
there is none.
"""

from typing import Any

from dashboard.domain.recording import Streams
from dashboard.domain.subscription import Choice, Subscription
from dashboard.protocols.agora import ALL_STREAMS

Lists = dict[str, Any]


def for_start(subscription: Subscription, streams: Streams) -> Lists:
    """Fields of recordingConfig; none where everybody is recorded."""
    lists = _wanted(subscription, streams)
    if all(choice.is_everybody for choice in lists.values()):
        return {}
    return {name: uids for medium, choice in lists.items()
            for name, uids in _list(medium, choice).items()}  # fmt: skip


def for_update(subscription: Subscription, streams: Streams) -> Lists:
    """The streamSubscribe of update. Everybody is said, too: it may have been otherwise before."""
    return {
        f"{medium.lower()}UidList": _list(medium, choice)
        for medium, choice in _wanted(subscription, streams).items()
    }


def _wanted(subscription: Subscription, streams: Streams) -> dict[str, Choice]:
    wanted = {"Audio": subscription.audio, "Video": subscription.video}
    if streams is Streams.AUDIO:
        wanted.pop("Video")
    if streams is Streams.VIDEO:
        wanted.pop("Audio")
    return wanted


def _list(medium: str, choice: Choice) -> dict[str, list[str]]:
    if choice.never and not choice.only:
        return {f"unSubscribe{medium}Uids": list(choice.never)}
    only = [uid for uid in choice.only if choice.takes(uid)]
    return {f"subscribe{medium}Uids": only or [ALL_STREAMS]}
