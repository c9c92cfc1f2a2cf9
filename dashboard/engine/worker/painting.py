"""Pictures of people who are in a channel, for whoever wants a look without recording them."""

import base64
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from dashboard.clock import now_ms
from dashboard.engine.sources import KINDS, Source
from dashboard.engine.worker import preview
from dashboard.engine.worker.commands import Command
from dashboard.engine.worker.shelf import Tell

FPS = 30
MOST_KEPT = 100
"""Cards kept drawn; a card is 350 kB."""


def serve(next_command: Callable[[], Command | None], tell: Tell) -> None:
    """Answer paint{publisher, width} with done{jpeg} until nobody asks any more."""
    sources: dict[tuple[str, str, float], Source] = {}
    while (command := next_command()) is not None:
        seq = command.get("seq")
        try:
            jpeg = _paint(sources, command["publisher"], int(command["width"]))
        except (KeyError, TypeError, ValueError) as cause:
            tell("refused", seq=seq, reason=f"{type(cause).__name__}: {cause}")
        else:
            tell("done", seq=seq, jpeg=base64.b64encode(jpeg).decode())


def _paint(
    sources: dict[tuple[str, str, float], Source], person: Mapping[str, Any], width: int
) -> bytes:
    look = person["uid"], person["color"], float(person["tone_hz"])
    if look not in sources:
        if len(sources) >= MOST_KEPT:
            sources.clear()
        sources[look] = KINDS[person["kind"]](*look, FPS)
    source = sources[look]
    return preview.jpeg(source.picture(source.number(Fraction(now_ms(), 1000))), width)
