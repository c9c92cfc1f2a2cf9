"""What surrounds every screen: how many are on air, what is wrong."""

from sqlalchemy import func, select

from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services import health
from dashboard.services.reading import alerts, feeds
from dashboard.services.readmodels import Actor, ShellStatus
from dashboard.services.schedules import checking
from dashboard.services.schedules.checking import Trouble


def on_air() -> int:
    return db.session.scalar(
        select(func.count())
        .select_from(Recording)
        .where(Recording.state == RecordingState.RECORDING.value)
    )


def shell(actor: Actor) -> ShellStatus:
    count, engine, worker = on_air(), health.engine_ok(), health.worker_ok()
    troubles, unseen = checking.troubles(), alerts.unseen()
    return ShellStatus(
        on_air=count,
        engine_ok=engine,
        worker_ok=worker,
        digest=feeds.digest(
            "shell", count, engine, worker, troubles, unseen, actor.role, actor.locale
        ),
        words=_shell_words(engine, worker, troubles),
        poll_s=feeds.SHELL_S,
        alerts=unseen,
    )


def _shell_words(engine: bool, worker: bool, troubles: tuple[Trouble, ...]) -> tuple[Text, ...]:
    words: list[Text] = []
    if not engine:
        words.append(text("The built-in engine does not answer."))
    if not worker:
        words.append(text("The worker is not running: states may be out of date."))
    words += (
        text("Schedule %(title)s will not start: %(why)s", title=one.title, why=one.why)
        for one in troubles
    )
    return tuple(words)
