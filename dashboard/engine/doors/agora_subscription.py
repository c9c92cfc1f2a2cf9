"""Whom a recorder hears and sees. Source: agora-anyrtc.md 4.2 and 5. Raises Answer, code 2.

What is kept is `Spec.subscription`: None for a medium of which nothing was said, {"deny": []}
where everybody was asked for by name.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import Dialect
from dashboard.protocols import agora

List = dict[str, list[str]]
_EVERYBODY: List = {"deny": []}
_NOBODY: List = {"allow": []}
_MEDIA = (("audio", "AudioUids", "audioUidList"), ("video", "VideoUids", "videoUidList"))


def read_lists(recording: Fields, streams: str, dialect: Dialect, most_seen: int | None = None):
    """The lists of a recordingConfig.

    streams: "both", "audio" or "video". most_seen: so many of a list of video uids count.
    """
    found = {}
    for medium, suffix, _ in _MEDIA:
        found[medium] = _list(recording, suffix, dialect)
        if found[medium] is not None and streams not in ("both", medium):
            name = f"subscribe{suffix}"
            raise recording.wrong(name, f"needs streamTypes that include {medium}")
    return _whole(found, most_seen)


def read_update(
    request: Fields,
    streams: str,
    current: Mapping[str, Any],
    dialect: Dialect,
    most_seen: int | None = None,
) -> dict[str, Any]:
    """The streamSubscribe of update: a list that is given replaces the one before."""
    lists = request.object("streamSubscribe", required=True)
    changed = dict(current)
    for medium, suffix, name in _MEDIA:
        uids = lists.object(name)
        if uids is None:
            continue
        if streams not in ("both", medium):
            raise lists.wrong(name, f"needs streamTypes that include {medium}")
        changed[medium] = _list(uids, suffix, dialect)
    return _whole(changed, most_seen)


def _whole(lists: Mapping[str, List | None], most_seen: int | None) -> dict[str, Any]:
    """Section 4.2: lists of one medium only turn the other one off."""
    whole = dict(lists)
    if any(value is not None for value in lists.values()):
        whole = {medium: _NOBODY if one is None else one for medium, one in lists.items()}
    if whole["video"] and most_seen:
        whole["video"] = {
            kind: uids[:most_seen] if kind == "allow" else uids
            for kind, uids in whole["video"].items()
        }
    return whole


def _list(fields: Fields, suffix: str, dialect: Dialect) -> List | None:
    """The list of one medium; None when none is given.

    Section 4.2: three spellings are in use, one of them a slip of the vendor's own client.
    """
    allow_name = f"subscribe{suffix}"
    allow = fields.texts(allow_name, agora.SUBSCRIBED_UIDS_MAX)
    spellings = (f"{word}{suffix}" for word in ("unSubscribe", "unsubscribe", "unsunscribe"))
    names = [name for name in spellings if fields.has(name)]
    deny = fields.texts(names[0], agora.SUBSCRIBED_UIDS_MAX) if names else None
    if allow is not None and deny is not None:
        raise fields.wrong(allow_name, f"and {names[0]} cannot be used together")
    if allow is None and deny is None:
        return None
    if allow == [agora.ALL_STREAMS]:
        return _EVERYBODY
    name, uids = (allow_name, allow) if allow is not None else (names[0], deny)
    if not all(map(dialect.is_uid, uids)):
        raise fields.wrong(name, f"must hold uids; each is {dialect.uid_words}")
    return {"allow" if allow is not None else "deny": uids}
