"""Sees to it that screens show how recordings go, where nothing but time has passed.

What is told of each is kept as a digest; when it is another one, whoever shows the recording
is told to look again. So an unchanged poll of a screen stays as cheap as it is.
"""

import hashlib

from sqlalchemy import or_, select, update

from dashboard.domain.lifecycle import ACTIVE
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services import condition_words, conditions, context
from dashboard.services.unit_of_work import transaction


def refresh() -> int:
    """Compare what would be shown of each recording that may change with what is.

    Returns how many have changed.
    """
    runs = Recording.state.in_([state.value for state in ACTIVE])
    waits_for_files = Recording.next_sync_at.is_not(None) & (Recording.files_missing > 0)
    rows = db.session.scalars(select(Recording).where(or_(runs, waits_for_files))).all()
    found = conditions.of(rows)
    news = {row.id: told for row in rows if (told := _digest(found[row.id])) != row.health}
    if not news:
        return 0
    with transaction() as work:
        for recording_id, told in news.items():
            work.session.execute(
                update(Recording).where(Recording.id == recording_id).values(health=told)
            )
            work.touch_recording(recording_id)
    return len(news)


def _digest(found: tuple[conditions.Finding, ...]) -> str | None:
    """None: nothing is told. Changes with each minute that is told."""
    now = context.now()
    told = [str(condition_words.sentence(one, now)) for one in conditions.shown(found, now)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest() if told else None
