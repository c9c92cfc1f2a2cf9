"""Who did what to what: one row in the transaction that did it.

Nobody changes or removes a row; triggers of the database see to that. What is written here
can be read and exported by every administrator, so no secret may get in: callers leave them
out, and names that sound like one are masked besides.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from dashboard.models import Audit
from dashboard.services import context
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import Transaction

MASK = "•••"
LONGEST = 300
MOST_CHANGES = 80

_UNTOLD = re.compile(r"(_hash|_key|_at|_fault)$|^keys$")
"""Columns that say nothing to people, or too much: the key in a callback address is a secret."""
_SECRET = re.compile(
    r"(secret|password|passwd|token|credential|signature|api_?key|access_?key|customer_key)", re.I
)
_USERINFO = re.compile(r"//[^/@\s]+@")


def note(
    work: Transaction,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    actor: Actor | None = None,
    email: str | None = None,
    address: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **detail: Any,
) -> None:
    """action: "recording.start", "sign_in.refused", ...; services/trail_words.py has its sentence.

    before, after: JSON-simple, as whole as the caller has them: what differs is kept.
    address: where the request came from, unless told otherwise. detail: JSON-simple;
    `name` is what the subject was called.
    """
    was, became = changes(before, after)
    work.session.add(
        Audit(
            at=context.now(),
            action=action,
            actor_id=actor.id if actor else None,
            actor_email=(actor.email if actor else email or context.operator()),
            subject=subject,
            subject_id=subject_id,
            address=(address or context.address() or "")[:64] or None,
            detail={name: value for name, value in _masked(detail) if value is not None},
            before=was,
            after=became,
        )
    )


def told(row: Any) -> dict[str, Any]:
    """What a row says, for before and after: nothing sealed, no digests, no times."""
    found = {}
    for column in row.__table__.columns:
        value = getattr(row, column.key)
        if column.key in ("archived_at", "disabled_at"):
            found[column.key.removesuffix("_at")] = value is not None
        elif not (column.info.get("sealed") or isinstance(value, bytes | datetime | date)
                  or column.key == "id" or _UNTOLD.search(column.key)):  # fmt: skip
            found[column.key] = value
    return found


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Both as {dotted name: value} of what differs; None for the side that was not given,
    and for both where nothing differs."""
    was, became = (dict(_leaves(side)) if side is not None else None for side in (before, after))
    names = dict.fromkeys([*(was or {}), *(became or {})])
    differing = [n for n in names if (was or {}).get(n) != (became or {}).get(n)]
    if not differing:
        return None, None
    return _kept(was, differing), _kept(became, differing)


def _kept(side: dict[str, Any] | None, names: list[str]) -> dict[str, Any] | None:
    if side is None:
        return None
    return {name: _shown(name, side[name]) for name in names[:MOST_CHANGES] if name in side}


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """A document flattened: {"layout": {"regions": [{"x": 0}]}} is "layout.regions.1.x": 0."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        for place, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{name}.{place}" if name else str(place))
    elif name:
        yield name, list(value) if isinstance(value, tuple) else value


def _shown(name: str, value: Any) -> Any:
    if value not in (None, "", True, False) and _SECRET.search(name):
        return MASK
    if not isinstance(value, str):
        return value
    value = _USERINFO.sub(rf"//{MASK}@", value)
    return value[:LONGEST] + "…" if len(value) > LONGEST else value


def _masked(detail: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in detail.items():
        yield name, _shown(name, value)
