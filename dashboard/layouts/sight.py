"""Which regions nobody will see, and why."""

from collections.abc import Iterable, Sequence

from dashboard.errors import InvalidInput
from dashboard.layouts.document import Fit, Region
from dashboard.layouts.geometry import DECIMALS, Rect, Size, to_pixels

CLEAR_BELOW = 1 / 255
"""Less opacity than this is none on the way to eight bits."""

Box = tuple[int, int, int, int]
"""left, top, right, bottom, in pixels or in millionths."""


def box_of(rect: Rect, canvas: Size | None) -> Box | None:
    """The place as whole numbers: pixels of the canvas, millionths while it is not known.

    None where it would have no pixel.
    """
    if canvas is None:
        left, top, right, bottom = (
            int(edge * 10**DECIMALS + 0.5)
            for edge in (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h)
        )
        return left, top, right, bottom
    try:
        p = to_pixels(rect, canvas)
    except InvalidInput:
        return None
    return p.x, p.y, p.x + p.w, p.y + p.h


def is_clear(region: Region) -> bool:
    return region.opacity < CLEAR_BELOW


def hides(region: Region) -> bool:
    """Nothing shows through. A picture that is contained leaves bars beside it."""
    return not region.hidden and region.opacity == 1 and region.fit is not Fit.CONTAIN


def is_covered(box: Box, in_front: Iterable[Box]) -> bool:
    """Whether these boxes together leave nothing of this one."""
    rest: list[Box] = [box]
    for cover in in_front:
        rest = [piece for part in rest for piece in _without(part, cover)]
        if not rest:
            return True
    return False


def _without(part: Box, cover: Box) -> Sequence[Box]:
    """What is left of a box: at most four pieces, above, below, left and right."""
    left, top, right, bottom = part
    from_left, from_top = max(left, cover[0]), max(top, cover[1])
    to_right, to_bottom = min(right, cover[2]), min(bottom, cover[3])
    if from_left >= to_right or from_top >= to_bottom:
        return (part,)
    pieces = (
        (left, top, right, from_top),
        (left, to_bottom, right, bottom),
        (left, from_top, from_left, to_bottom),
        (to_right, from_top, right, to_bottom),
    )
    return [p for p in pieces if p[0] < p[2] and p[1] < p[3]]
