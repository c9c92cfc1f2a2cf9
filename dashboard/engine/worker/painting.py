"""Pictures of people who are in a channel, for whoever wants a look without recording them."""

import base64
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from dashboard.clock import now_ms
from dashboard.engine.sources import Source, open_camera
from dashboard.engine.worker import preview
from dashboard.engine.worker.commands import Command
from dashboard.engine.worker.job import Publisher
from dashboard.engine.worker.shelf import Tell

FPS = 30
MOST_KEPT = 100
"""Cards kept drawn; a card is 350 kB."""


def serve(next_command: Callable[[], Command | None], tell: Tell, media: Path | None) -> None:
    """Answer paint{publisher, width} with done{jpeg} until nobody asks any more.

    media: the folder of files that people publish.
    """
    sources: dict[Publisher, Source] = {}
    while (command := next_command()) is not None:
        seq = command.get("seq")
        try:
            person = Publisher.from_json(command["publisher"])
            jpeg = _paint(sources, person, media, int(command["width"]))
        except (KeyError, TypeError, ValueError) as cause:
            tell("refused", seq=seq, reason=f"{type(cause).__name__}: {cause}")
        else:
            tell("done", seq=seq, jpeg=base64.b64encode(jpeg).decode())


def _paint(
    sources: dict[Publisher, Source], person: Publisher, media: Path | None, width: int
) -> bytes:
    if person not in sources:
        if len(sources) >= MOST_KEPT:
            sources.clear()
        sources[person] = open_camera(person, FPS, media)
    source = sources[person]
    return preview.jpeg(source.picture(source.number(Fraction(now_ms(), 1000))), width)
