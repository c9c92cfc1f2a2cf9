"""The workflows: seeing a start and a stop through, however often we are killed meanwhile.

Each pass asks one service, which does its part as often as it is asked; the pauses are
durable, so a restart neither shortens nor repeats them. What is still open after the last
one is found by the watchdog.
"""

from dbos import DBOS

from dashboard.jobs import names, runtime
from dashboard.services import recordings, settle

START_PAUSES_S = (3, 6, 12, 24, *(30,) * 30)
"""The vendor's own pace for an unanswered start, then on until its resource has expired."""
STOP_PAUSES_S = (2, 5, 10, 15, *(30,) * 60)
"""The vendor's pace after "failed to find worker" (5, 10, 15 s), and on for half an hour."""


@DBOS.step(name="settle")
def settle_once(recording_id: int) -> bool:
    return runtime.in_app(settle.settle_one, recording_id)


@DBOS.step(name="stop")
def stop_once(recording_id: int) -> bool:
    return runtime.in_app(recordings.carry_out_stop, recording_id)


@DBOS.workflow(name=names.SETTLE_START, max_recovery_attempts=100)
def settle_start(recording_id: int) -> bool:
    """The press of Start spoke to the vendor itself; see that the outcome becomes known."""
    for pause_s in START_PAUSES_S:
        DBOS.sleep(pause_s)
        if settle_once(recording_id):
            return True
    return False


@DBOS.workflow(name=names.FINISH_STOP, max_recovery_attempts=100)
def finish_stop(recording_id: int) -> bool:
    """The press of Stop spoke to the vendor itself; repeat it until the vendor has taken it."""
    for pause_s in STOP_PAUSES_S:
        DBOS.sleep(pause_s)
        if stop_once(recording_id):
            return True
    return False
