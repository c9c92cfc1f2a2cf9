"""What workers and those who queue work for them call things alike."""

from dashboard.services import outbox

APPLICATION = "tallydeck"
VERSION = "1"
"""Of the workflows. To be raised when the steps of one change their number or order: those
under way stay with the version they began with, and the watchdog does their work."""

STARTS, STOPS = QUEUES = ("starts", "stops")

SETTLE_START, FINISH_STOP = "settle_start", "finish_stop"

WORK = {
    outbox.START: (SETTLE_START, STARTS),
    outbox.STOP: (FINISH_STOP, STOPS),
}
"""kind of work -> (workflow, queue)."""
