"""One recording from its first picture to its end: the loop of ticks.

Tick n stands at n/fps of media time. Commands are carried out between two ticks; then
every source is asked for its picture and sound of exactly that moment.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av

from dashboard.engine.playlist import Playlist
from dashboard.engine.worker import preview, recovery
from dashboard.engine.worker.clock import MediaClock
from dashboard.engine.worker.commands import Command, Commands, Script
from dashboard.engine.worker.compositor import Compositor, Picture
from dashboard.engine.worker.encoder import Encoders
from dashboard.engine.worker.faults import Fault, Refusal, of_disk
from dashboard.engine.worker.job import Job, Publisher, Subscription
from dashboard.engine.worker.mixer import BLOCK, RATE, Mixer
from dashboard.engine.worker.people import People
from dashboard.engine.worker.segmenter import Segmenter
from dashboard.engine.worker.shelf import Shelf, Tell
from dashboard.layouts.document import Layout
from dashboard.layouts.presets import arrange
from dashboard.layouts.rules import check

_GLANCE_MS = 100
"""How long a command may wait when ticks are rare."""


def record(
    job: Job, clock: MediaClock, script: Iterable[tuple[float, Command]]
) -> list[dict[str, Any]]:
    """A whole recording in this process. Raises Fault as a worker would report it.

    script: (seconds after the clock's present time, command); ends with {"cmd": "stop"}.
    Returns the events a supervisor would have been told.
    """
    events: list[dict[str, Any]] = []

    def tell(event: str, **values: Any) -> None:
        events.append({"event": event, **values})

    Recording(job, clock, Script(script, clock.now_ms()), tell).run()
    return events


class Recording:
    def __init__(self, job: Job, clock: MediaClock, commands: Commands, tell: Tell) -> None:
        self._job, self._clock, self._commands, self._tell = job, clock, commands, tell
        self._people = People(job, tell)
        self._layout = job.layout
        self._compositor = Compositor(job.canvas.size)
        self._mixer = Mixer()
        self._shelf = self._make_shelf()
        self._encoders: Encoders | None = None
        self._segmenter: Segmenter | None = None
        self._last_frame: av.VideoFrame | None = None
        self._epoch_ms = job.epoch_ms
        self._next = 0
        self._first_sample = 0
        self._blocks = 0
        self._late = 0
        self._told_at = 0.0
        self._is_stopped = False

    def run(self) -> bool:
        """Returns whether it was stopped; False when the supervisor has gone.

        Raises Fault when it cannot go on; what was sliced is listed by then.
        """
        try:
            self._set_up()
            self._wait_for_somebody()
            while not self._is_over:
                self._tick()
            self._finish()
        except OSError as cause:
            self._salvage(cause)
        return self._is_stopped

    # -- before the first picture ---------------------------------------------------

    def _make_shelf(self) -> Shelf:
        job = self._job
        job.folder.mkdir(parents=True, exist_ok=True)
        left = recovery.read_index(job.folder, job.stem) if job.resume else Playlist()
        playlist = replace(left, comma=job.correct_extinf)
        return Shelf(job.folder, job.stem, job.prefix, playlist, self._tell)

    def _set_up(self) -> None:
        if self._job.resume:
            recovery.adopt(self._job.folder, self._job.stem, self._shelf)
        try:
            self._encoders = Encoders(self._job)
        except av.error.FFmpegError as cause:
            raise Fault("encoder", f"The encoder does not start: {cause}") from cause
        at_ms = round(self._clock.now_ms())
        self._tell("ready", at_ms=at_ms)
        self._people.join(self._job.publishers, at_ms)
        self._arrange()

    def _wait_for_somebody(self) -> None:
        """Slices begin with the first stream that is taken; after a crash, at once."""
        begun = bool(self._shelf.playlist.slices)
        pause_ms = 1000 / self._job.canvas.fps
        while not (begun or self._people.is_anyone_received or self._is_over):
            self._obey(self._clock.now_ms())
            if not (self._people.is_anyone_received or self._is_over):
                self._commands.rest()
                self._clock.wait_until(self._clock.now_ms() + min(pause_ms, _GLANCE_MS))
        if not self._is_over:
            self._begin()

    def _begin(self) -> None:
        now_ms = round(self._clock.now_ms())
        listed = self._shelf.playlist.slices
        if self._epoch_ms is None:
            self._epoch_ms = listed[0].start_ms if listed else now_ms
        after_ms = max(now_ms, listed[-1].end_ms + 1 if listed else now_ms)
        fps = self._job.canvas.fps
        self._next = max(0, math.ceil((after_ms - self._epoch_ms) * fps / 1000))
        self._first_sample = _sample(self._next, fps)
        self._segmenter = Segmenter(self._encoders, self._shelf, self._epoch_ms)

    # -- ticks ----------------------------------------------------------------------

    @property
    def _is_over(self) -> bool:
        return self._is_stopped or self._commands.hung_up

    def _tick(self) -> None:
        fps = self._job.canvas.fps
        late_s = self._wait(self._epoch_ms + self._next * 1000 / fps)
        if self._is_over:
            return
        self._late += late_s > 1 / fps
        number, self._next = self._next, self._next + 1
        try:
            if self._job.has_video:
                self._draw(number)
            if self._job.has_audio:
                self._sound(number)
        except av.error.FFmpegError as cause:
            raise Fault("encoder", f"The encoder stopped: {cause}") from cause
        if self._segmenter.fault:
            raise self._segmenter.fault
        self._report(number)

    def _wait(self, at_ms: float) -> float:
        """Wait for the tick's moment, obeying meanwhile. Returns by how many seconds it is late."""
        late_s = self._clock.wait_until(min(at_ms, self._clock.now_ms() + _GLANCE_MS))
        self._obey(self._clock.now_ms())
        while self._clock.now_ms() < at_ms and not self._is_over:
            late_s = self._clock.wait_until(min(at_ms, self._clock.now_ms() + _GLANCE_MS))
            self._obey(self._clock.now_ms())
        return late_s

    def _draw(self, number: int) -> None:
        at = Fraction(self._epoch_ms, 1000) + Fraction(number, self._job.canvas.fps)
        seen = self._people.seen()

        def look(uid: str) -> Picture | None:
            card = seen.get(uid)
            if card is None:
                return None
            shown = card.number(at)
            return Picture(shown, card.picture(shown))

        self._last_frame = self._compositor.compose(look)
        for packet in self._encoders.encode_video(self._last_frame, number):
            self._segmenter.video(packet)

    def _sound(self, number: int) -> None:
        fps = self._job.canvas.fps
        first, end = _sample(number, fps), _sample(number + 1, fps)
        since_1970 = self._epoch_ms * (RATE // 1000) + first
        self._encode_blocks(self._mixer.tick(self._people.heard(), since_1970, end - first))

    def _encode_blocks(self, blocks: Iterable[Any]) -> None:
        for block in blocks:
            first = self._first_sample + self._blocks * BLOCK
            self._blocks += 1
            for packet in self._encoders.encode_audio(block, first):
                self._segmenter.audio(packet)

    def _report(self, number: int) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._told_at >= 1000:
            self._told_at = now_ms
            self._tell("progress", frame=number, late_frames=self._late,
                       cpu_s=round(time.process_time(), 3), people=len(self._people))  # fmt: skip

    # -- commands -------------------------------------------------------------------

    def _obey(self, at_ms: float) -> None:
        for command in self._commands.due(at_ms):
            seq = command.get("seq")
            try:
                act = self._acts.get(command.get("cmd"))
                if act is None:
                    raise Refusal("unknown command")
                told = act(self, command) or {}
            except (Refusal, KeyError, TypeError, ValueError, AttributeError) as cause:
                self._tell("refused", seq=seq, reason=_reason(cause))
            else:
                self._tell("done", seq=seq, frame=self._next, **told)

    def _join(self, command: Command) -> None:
        self._people.join([Publisher.from_json(command["publisher"])], self._now_ms())
        self._arrange()

    def _leave(self, command: Command) -> None:
        if not self._people.leave(str(command["uid"]), self._now_ms()):
            raise Refusal(f"{command['uid']} is not in the channel")
        self._arrange()

    def _set_layout(self, command: Command) -> None:
        layout = Layout.from_json(command["layout"])
        problems = check(layout)
        if problems:
            raise Refusal(f"{problems[0].where}: {problems[0].what}")
        self._layout = layout
        self._arrange()

    def _set_subscription(self, command: Command) -> None:
        self._people.subscribe(Subscription.from_json(command["subscription"]), self._now_ms())
        self._arrange()

    def _preview(self, command: Command) -> dict[str, Any]:
        return {"jpeg": preview.jpeg_text(self._last_frame, int(command["width"]))}

    def _stop(self, command: Command) -> None:
        self._is_stopped = True

    _acts: Mapping[str | None, Callable[..., dict[str, Any] | None]] = {
        "join": _join, "leave": _leave, "set_layout": _set_layout,
        "set_subscription": _set_subscription, "preview": _preview, "stop": _stop,
    }  # fmt: skip

    def _arrange(self) -> None:
        placements = arrange(self._layout, self._people.placed())
        self._compositor.arrange(placements, self._layout.background)

    def _now_ms(self) -> int:
        return round(self._clock.now_ms())

    # -- the end --------------------------------------------------------------------

    def _finish(self) -> None:
        """Close the open slice. The list is ended only if it was a stop."""
        if self._segmenter:
            if self._job.has_audio:
                self._encode_blocks(self._mixer.finish())
            video, audio = self._encoders.finish()
            for packet in audio if self._job.has_video else ():
                self._segmenter.audio(packet)
            for packet in video:
                self._segmenter.video(packet)
            for packet in () if self._job.has_video else audio:
                self._segmenter.audio(packet)
            self._segmenter.close()
        if self._is_stopped:
            conclude(self._shelf, self._tell)

    def _salvage(self, cause: OSError) -> None:
        """Make what is on the disk playable, as far as the disk lets us; then raise Fault."""
        fault = of_disk(cause)
        self._tell("error", code=fault.code, message=fault.message)
        if self._segmenter:
            self._segmenter.abandon()
        recovery.salvage(self._job.folder, self._job.stem, self._shelf)
        raise fault from cause


def conclude(shelf: Shelf, tell: Tell) -> None:
    """End the list and say goodbye. Raises OSError."""
    listed = bool(shelf.playlist.slices)
    if listed:
        shelf.playlist = replace(shelf.playlist, ended=True)
        shelf.publish()
    tell("finished", slices=len(shelf.playlist.slices), duration_s=shelf.playlist.duration_s,
         playlist=shelf.index_name if listed else None)  # fmt: skip


def close_orphan(job: Job, tell: Tell) -> None:
    """Finish a recording whose worker has died. Raises OSError."""
    left = replace(recovery.read_index(job.folder, job.stem), comma=job.correct_extinf)
    shelf = Shelf(job.folder, job.stem, job.prefix, left, tell)
    recovery.adopt(job.folder, job.stem, shelf)
    conclude(shelf, tell)


def _sample(tick: int, fps: int) -> int:
    """The first sample of a tick."""
    return tick * RATE // fps


def _reason(cause: Exception) -> str:
    return f"{cause} is missing" if isinstance(cause, KeyError) else str(cause)
