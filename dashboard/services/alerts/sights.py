"""What rules find: one thing that holds for one subject, and all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LOOKED_BACK = timedelta(days=1)
"""So long after its end a recording can still be found to have failed or to miss files."""


@dataclass(frozen=True)
class Sight:
    """One rule's condition that holds for one subject. where: the subject's name."""

    rule_id: int
    subject: str
    condition: str
    level: str
    where: str
    since: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)
    recording_id: int | None = None
    channel_id: int | None = None
    account_id: int | None = None

    @property
    def key(self) -> tuple[int, str]:
        return self.rule_id, self.subject


@dataclass(frozen=True)
class Seen:
    """holding: by rule and subject. unknown: subjects of which nothing can be said just now."""

    holding: Mapping[tuple[int, str], Sight]
    unknown: frozenset[str]
