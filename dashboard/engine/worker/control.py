"""Carries out what the supervisor says to a running recording, and answers each command once."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.engine.worker import preview
from dashboard.engine.worker.commands import Command
from dashboard.engine.worker.faults import Refusal
from dashboard.engine.worker.job import Job, Publisher, Subscription
from dashboard.engine.worker.people import People
from dashboard.engine.worker.pipeline import Pipeline
from dashboard.engine.worker.shelf import Tell
from dashboard.errors import InvalidInput
from dashboard.layouts import watermarks
from dashboard.layouts.document import Layout
from dashboard.layouts.families import MOST_PEOPLE
from dashboard.layouts.rules import check

_MOST_REGIONS = max(MOST_PEOPLE.values())
"""The doors know what their vendor allows; here it is what any of them does."""


class Control:
    def __init__(self, job: Job, people: People, pipeline: Pipeline, tell: Tell) -> None:
        self._people, self._pipeline, self._tell = people, pipeline, tell
        self._layout = job.layout
        self._at_ms = 0
        self.is_stopped = False

    def obey(self, command: Command, at_ms: int, frame: int) -> None:
        """at_ms: wall time. frame: number of the first tick it holds for."""
        self._at_ms = at_ms
        seq = command.get("seq")
        try:
            act = self._acts.get(command.get("cmd"))
            if act is None:
                raise Refusal("unknown command")
            told = act(self, command) or {}
        except KeyError as cause:
            self._tell("refused", seq=seq, reason=f"{cause} is missing")
        except (Refusal, TypeError, ValueError, AttributeError) as cause:
            self._tell("refused", seq=seq, reason=str(cause))
        else:
            self._tell("done", seq=seq, frame=frame, **told)

    def _join(self, command: Command) -> None:
        self._people.join([Publisher.from_json(command["publisher"])], self._at_ms)
        self._pipeline.arrange(self._layout)

    def _leave(self, command: Command) -> None:
        if not self._people.leave(str(command["uid"]), self._at_ms):
            raise Refusal(f"{command['uid']} is not in the channel")
        self._pipeline.arrange(self._layout)

    def _change(self, command: Command) -> None:
        """layout, subscription, watermarks: any of them, all from the same picture on, or none."""
        readers = {"layout": _layout, "subscription": Subscription.from_json, "watermarks": _marks}
        found = {name: read(command[name]) for name, read in readers.items() if name in command}
        if not found:
            raise Refusal("nothing to change")
        if "subscription" in found:
            self._people.subscribe(found["subscription"], self._at_ms)
        self._layout = found.get("layout", self._layout)
        self._pipeline.arrange(self._layout)
        if "watermarks" in found:
            self._pipeline.mark(found["watermarks"])

    def _add_images(self, command: Command) -> None:
        self._pipeline.add_images(dict(command["images"]))

    def _preview(self, command: Command) -> dict[str, Any]:
        return {"jpeg": preview.jpeg_text(self._pipeline.last_frame, int(command["width"]))}

    def _stop(self, command: Command) -> None:
        self.is_stopped = True

    _acts: Mapping[str | None, Callable[..., dict[str, Any] | None]] = {
        "join": _join,
        "leave": _leave,
        "change": _change,
        "set_layout": _change,
        "set_subscription": _change,
        "add_images": _add_images,
        "preview": _preview,
        "stop": _stop,
    }


def _layout(document: Mapping[str, Any]) -> Layout:
    """Raises Refusal with the first problem."""
    layout = Layout.from_json(document)
    problems = check(layout, most_regions=_MOST_REGIONS)
    if problems:
        raise Refusal(f"{problems[0].where}: {problems[0].what}")
    return layout


def _marks(document: object) -> tuple[watermarks.Watermark, ...]:
    """Raises Refusal."""
    try:
        return watermarks.parse(document)
    except InvalidInput as fault:
        raise Refusal(f"watermarks: {fault}") from fault
