"""The safety net: durable work is queued, and if that fails the watchdog finds it.

Workflow ids come from our rows, so that queueing the same work twice changes nothing.
"""

import logging
from typing import Any

from dashboard.services import context

log = logging.getLogger(__name__)

START = "start"
"""See that a start came to an end, one way or the other: settle.settle_one(recording_id)."""
STOP = "stop"
"""Stop what is to be stopped: recordings.carry_out_stop(recording_id)."""


def enqueue(kind: str, workflow_id: str, **payload: Any) -> bool:
    """Queue durable work. Never raises: what could not be queued is swept up later."""
    queue = context.queue()
    if queue is None:
        return False
    try:
        queue(kind, workflow_id, payload)
    except Exception as fault:  # whatever the queue's database may raise
        log.warning("%s was not queued, the watchdog will find it: %s", workflow_id, fault)
        return False
    return True
