"""What remains when the recorder has left: close, make MP4s, upload, say goodbye.

Each step leaves a mark in the journal, so that it can be taken up anywhere.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from dashboard.clock import now_ms
from dashboard.engine.house import House
from dashboard.engine.jobs import job_for
from dashboard.engine.tasks import End, Fault, Happening, Kind, Phase
from dashboard.errors import EngineError

if TYPE_CHECKING:
    from dashboard.engine.session import Session

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 30.0
REMUX_LIMIT_S = 1800.0
FAILED_UPLOAD_LIMIT_S = 20.0
"""How long a recording that failed waits for what it has to arrive before it says goodbye."""


async def finish(session: "Session", house: House) -> None:
    task = session.task
    task.phase = Phase.FINISHING
    task.end = task.end or End.SHUTDOWN
    await session.save()
    if not task.closed:
        await _close(session, house)
        await session.save()
    if not task.left_told and (not task.fault or task.ready_ms):
        task.left_told = True
        left_ms = task.alive_ms if task.end is End.SHUTDOWN else now_ms()  # maybe a process ago
        await session.tell(Kind.RECORDER_LEFT, left_ms, end=task.end)
    session.uploads.add_all()
    if task.fault:
        if await session.uploads.settle(FAILED_UPLOAD_LIMIT_S):
            await _save_in_library(session, house)
            await _tell_arrived(session)
        await session.end(Phase.FAILED)
        await bring_the_rest(session, house)
        return
    await _make_mp4(session, house)
    await _upload(session, house)


async def bring_the_rest(session: "Session", house: House) -> None:
    """A recording that ended badly is over, yet what it has still goes to its storage."""
    session.uploads.add_all()
    if await session.uploads.settle(house.config.tuning.upload_give_up_s):
        await _save_in_library(session, house)
        await _tell_arrived(session)
        house.journal.drop_files(session.task.sid)
    await session.uploads.close()


async def _close(session: "Session", house: House) -> None:
    """Adopt what a lost worker left and end the playlist."""
    task = session.task
    event = await _work(session, house, "close", {"finished", "failed"}, CLOSE_LIMIT_S)
    if event.get("event") == "finished":
        await session.reports.take(event)
        task.closed = True
        task.recorded = task.recorded or event["slices"] > 0
    else:
        log.error("%s: could not be closed: %s", task.sid, event)


async def _make_mp4(session: "Session", house: House) -> None:
    """Everything that is made of slices: MP4 and files of sound."""
    task = session.task
    wanted = task.spec.mp4 or task.spec.aac
    if wanted and task.spec.record and task.recorded and not task.mp4_done:
        event = await _work(session, house, "remux", {"made", "failed"}, REMUX_LIMIT_S)
        if event.get("event") == "made":
            task.mp4_names = tuple(entry["name"] for entry in event["files"])
            task.files = [*event["files"], *(old for old in task.files if old["kind"] == "hls")]
        else:
            await session.tell(
                Kind.FAULT,
                fault=Fault.FILE_FAILED,
                message=event.get("message", "no MP4 was made"),
                fatal=False,
            )
        task.mp4_done = True
        await session.save()
        if not task.mp4_names:
            session.uploads.add_all()  # the slices are all there is
    for name in task.mp4_names:
        session.uploads.add(name)


async def _upload(session: "Session", house: House) -> None:
    task = session.task
    limits = house.config.tuning
    if not await session.uploads.settle(limits.backup_after_s) and task.recorded:
        await session.back_up()
    if not await session.uploads.settle(limits.upload_give_up_s):
        await session.fail(Fault.UPLOAD_TIMEOUT, "the files did not arrive")
        await session.end(Phase.FAILED)
        await session.uploads.close()
        return
    if not task.uploaded and task.recorded:
        if not await _enter_library(session, house):
            return
        await _tell_arrived(session)
    await session.end(Phase.ENDED)
    house.journal.drop_files(task.sid)


async def _tell_arrived(session: "Session") -> None:
    """All files are where they were to go, also those of a recording that ended badly."""
    task = session.task
    if task.uploaded or not task.recorded or (task.fault and task.spec.library is not None):
        return
    task.uploaded = True
    await session.tell_all(
        Happening(Kind.PROGRESS, now_ms(), {"part": 1.0}),
        Happening(Kind.UPLOADED, now_ms()),
    )


async def _enter_library(session: "Session", house: House) -> bool:
    """Put files where they play, if they are for the library. Returns whether all went well."""
    if session.task.spec.library is None:
        return True
    try:
        await asyncio.to_thread(house.library.take, session.task)
    except OSError as fault:
        await session.fail(Fault.FILE_FAILED, f"the library cannot take it: {fault}")
        await session.end(Phase.FAILED)
        return False
    return True


async def _save_in_library(session: "Session", house: House) -> None:
    """What a recording that ended badly left plays as well."""
    task = session.task
    if task.spec.library is None or task.uploaded or not task.recorded:
        return
    try:
        await asyncio.to_thread(house.library.take, task)
    except OSError as fault:
        log.error("%s: the library cannot take it: %s", task.sid, fault)
        return
    task.uploaded = True
    await session.tell(Kind.UPLOADED)


async def _work(
    session: "Session", house: House, command: str, ends: set[str], limit_s: float
) -> dict[str, Any]:
    """Let a worker do one job that is not a recording. Returns its last event, or why none came."""
    task = session.task
    try:
        worker = await house.workers.take()
    except EngineError as fault:
        return {"message": str(fault)}
    worker.name(f"{task.sid} {command} {worker.pid}")
    task.worker_pid = worker.pid  # two of them would write the same file
    await session.save()
    try:
        worker.order({"cmd": command, "job": job_for(task, house.journal)})
        return await worker.until(ends, limit_s)
    except TimeoutError:
        return {"message": f"{command} took too long"}
    finally:
        await worker.gone()
        task.worker_pid = None
