"""What a worker does all the time beside its workflows: one line for each loop.

The rules are in the services; here is only how often.
"""

import threading

from flask import Flask

from dashboard.jobs.loops import Loop
from dashboard.services import (
    callbacks,
    health,
    housekeeping,
    person_pictures,
    presence,
    previews,
    renewals,
    sync,
    watching,
)
from dashboard.services.alerts import disk, incidents, messages
from dashboard.services.schedules import checking, planning, running
from dashboard.settings import Settings

SYNC_THREADS = 4
"""A vendor that hangs holds one of them for 10 s; the others go on."""
AT_A_TIME = 5
"""Recordings one thread takes before it looks again what is most urgent."""
SYNC_EVERY_S = 0.5
PENDING_EVERY_S = 1.0
PEOPLE_EVERY_S = 2.0
PREVIEWS_EVERY_S = 2.0
PORTRAITS_EVERY_S = 2.0
SCHEDULES_EVERY_S = 0.5
SCHEDULE_THREADS = 3
"""At nine o'clock everything begins, and one start takes as long as its vendor does."""
AGENDA_EVERY_S = 2.0
ALERTS_EVERY_S = 5.0
MESSAGES_EVERY_S = 2.0
ROOM_EVERY_S = 60.0
KEYS_EVERY_S = 5.0
CLEAR_OUT_EVERY_S = 3600.0
CONDITIONS_EVERY_S = 5.0


def loops(app: Flask, settings: Settings, stopping: threading.Event) -> list[Loop]:
    """All loops of a worker, not started yet."""
    rounds = previews.Rounds()

    def beat() -> None:
        health.beat(settings.worker_id)

    def pictures() -> None:
        rounds.go()

    return [
        Loop(app, "heartbeat", health.BEAT_EVERY.total_seconds(), beat, stopping),
        *(Loop(app, f"sync-{n}", SYNC_EVERY_S, look, stopping) for n in range(SYNC_THREADS)),
        Loop(app, "callbacks", PENDING_EVERY_S, apply, stopping),
        Loop(app, "people", PEOPLE_EVERY_S, people, stopping),
        Loop(app, "previews", PREVIEWS_EVERY_S, pictures, stopping),
        Loop(app, "people's pictures", PORTRAITS_EVERY_S, portraits, stopping),
        Loop(app, "conditions", CONDITIONS_EVERY_S, conditions, stopping),
        *(
            Loop(app, f"schedules-{n}", SCHEDULES_EVERY_S, schedule, stopping)
            for n in range(SCHEDULE_THREADS)
        ),
        Loop(app, "agenda", AGENDA_EVERY_S, agenda, stopping),
        Loop(app, "schedules' checks", AGENDA_EVERY_S, checks, stopping),
        Loop(app, "alerts", ALERTS_EVERY_S, alerts, stopping),
        Loop(app, "alerts' messages", MESSAGES_EVERY_S, tell, stopping),
        Loop(app, "room on disks", ROOM_EVERY_S, room, stopping),
        Loop(app, "storage keys", KEYS_EVERY_S, storage_keys, stopping),
        Loop(app, "clearing out", CLEAR_OUT_EVERY_S, clear_out, stopping),
    ]


def look() -> float | None:
    """Look after what is due: settle starts, send stops, ask vendors. Goes on while it is behind.

    A start or stop whose workflow was lost is due here, too.
    """
    return 0.0 if sync.sync_due(AT_A_TIME) >= AT_A_TIME else None


def apply() -> None:
    """Apply callbacks that were kept and could not be applied at once."""
    callbacks.apply_pending()


def people() -> None:
    presence.refresh()


def portraits() -> None:
    """Who is in the channels whose layout somebody edits."""
    person_pictures.refresh()


def schedule() -> float | None:
    """Start and end what is due by a schedule."""
    return 0.0 if running.act_due(1) else None


def agenda() -> None:
    """Know a day ahead what is to come, and how that came to an end which others ended."""
    planning.plan_ahead()
    running.notice_ends()


def checks() -> float | None:
    """Look before the hour whether what is scheduled can start."""
    return 0.0 if checking.check_due(1) else None


def conditions() -> None:
    watching.refresh()


def alerts() -> None:
    incidents.round_()


def tell() -> float | None:
    """Send what alerts have to say elsewhere."""
    return 0.0 if messages.send_due() else None


def room() -> None:
    disk.look()


def storage_keys() -> None:
    """New temporary keys, for the recordings that run with old ones."""
    renewals.renew_due()


def clear_out() -> None:
    housekeeping.clear_out()
