"""`python -m dashboard.engine.worker`: JSON lines in, JSON lines out, one job, then the end.

Exit status: 0 done, 1 failed, 3 the supervisor has gone and the slice was closed.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dashboard.engine.remux import Wanted, remux
from dashboard.engine.worker import painting
from dashboard.engine.worker.clock import VIRTUAL_START_MS, LiveClock, VirtualClock
from dashboard.engine.worker.commands import Inbox, Rehearsal, Script
from dashboard.engine.worker.faults import Fault, of_disk
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.recording import Recording, close_orphan, ends_of
from dashboard.engine.worker.shelf import Tell

DONE, FAILED, ORPHANED = 0, 1, 3


def main() -> int:
    tell = _teller(_own_stdout())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    inbox = Inbox(sys.stdin.fileno())
    tell("idle")
    command = inbox.first()
    if command is None:
        return DONE
    try:
        return _WORK[command["cmd"]](command["job"], inbox, tell)
    except Fault as fault:
        tell("failed", code=fault.code, message=fault.message)
    except OSError as cause:
        fault = of_disk(cause)
        tell("failed", code=fault.code, message=fault.message)
    except Exception as cause:
        tell("failed", code="internal", message=f"{type(cause).__name__}: {cause}")
        raise
    return FAILED


def _own_stdout() -> int:
    """Keep the way to the supervisor to ourselves; prints of others go to standard error."""
    events = os.dup(1)
    os.dup2(2, 1)
    return events


def _teller(descriptor: int) -> Tell:
    def tell(event: str, **values: Any) -> None:
        line = json.dumps({"event": event, **values}) + "\n"
        data = memoryview(line.encode())
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        except BrokenPipeError:
            return  # nobody listens any more; the end of stdin says so, too

    return tell


def _record(document: Mapping[str, Any], inbox: Inbox, tell: Tell) -> int:
    job = Job.from_json(document)
    if job.clock == "virtual":
        start_ms = document.get("start_ms") or VIRTUAL_START_MS
        clock = VirtualClock(max([start_ms, *ends_of(job)]))
        commands = Rehearsal(Script(document.get("script") or (), start_ms), inbox)
    else:
        clock, commands = LiveClock(), inbox
    return DONE if Recording(job, clock, commands, tell).run() else ORPHANED


def _close(document: Mapping[str, Any], inbox: Inbox, tell: Tell) -> int:
    close_orphan(Job.from_json(document), tell)
    return DONE


def _remux(document: Mapping[str, Any], inbox: Inbox, tell: Tell) -> int:
    job = Job.from_json(document)
    wanted = Wanted(job.mp4, job.aac, job.part_min * 60)
    tell("made", files=remux(job.folder, job.names, wanted))
    return DONE


def _paint(document: Mapping[str, Any], inbox: Inbox, tell: Tell) -> int:
    media = document.get("media")
    painting.serve(inbox.first, tell, Path(media) if media else None)
    return DONE


_WORK: Mapping[str, Callable[[Mapping[str, Any], Inbox, Tell], int]] = {
    "record": _record,
    "close": _close,
    "remux": _remux,
    "paint": _paint,
}

if __name__ == "__main__":
    sys.exit(main())
