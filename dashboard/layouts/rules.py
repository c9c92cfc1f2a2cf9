"""What a layout must keep to before a recording is asked to show it."""

import math
import re
from collections.abc import Iterator

from dashboard.errors import InvalidInput, Problem, text
from dashboard.layouts.document import MOST_REGIONS, Layout, Preset, Region
from dashboard.layouts.geometry import DECIMALS, Rect, Size, rounded, to_pixels

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def check(
    layout: Layout, most_regions: int = MOST_REGIONS, canvas: Size | None = None
) -> list[Problem]:
    """Everything wrong with a layout, in reading order; an empty list when nothing is.

    canvas: when it is known, regions too small to be seen on it are named as well.
    Problems name fields as the JSON form does: "background", "regions.2.w".
    """
    return [*_background(layout), *_number_of_regions(layout, most_regions),
            *_regions(layout, canvas), *_people(layout)]  # fmt: skip


def _background(layout: Layout) -> Iterator[Problem]:
    if not COLOUR.fullmatch(layout.background):
        yield Problem("background", text("Write the colour as #RRGGBB."))


def _number_of_regions(layout: Layout, most: int) -> Iterator[Problem]:
    count = len(layout.regions)
    if layout.preset is Preset.CUSTOM and count == 0:
        yield Problem("regions", text("Place at least one region."))
    if layout.preset is not Preset.CUSTOM and count:
        yield Problem("regions", text("Only a custom layout has regions of its own."))
    if count > most:
        yield Problem(
            "regions", text("%(count)d regions are more than the %(most)d that can be shown.",
                            count=count, most=most)
        )  # fmt: skip


def _regions(layout: Layout, canvas: Size | None) -> Iterator[Problem]:
    for index, region in enumerate(layout.regions):
        where = f"regions.{index}"
        yield from _opacity(region, where)
        unfit = list(_numbers(region.rect, where))
        yield from unfit or _place(region.rect, where, canvas)


def _opacity(region: Region, where: str) -> Iterator[Problem]:
    if not (_is_number(region.opacity) and 0 <= region.opacity <= 1):
        yield Problem(f"{where}.opacity", text("Opacity goes from 0 (clear) to 1 (solid)."))


def _numbers(rect: Rect, where: str) -> Iterator[Problem]:
    for name in ("x", "y", "w", "h"):
        value = getattr(rect, name)
        if not (_is_number(value) and 0 <= value <= 1):
            yield Problem(f"{where}.{name}", text("Give a fraction of the canvas from 0 to 1."))
        elif abs(value - rounded(value)) > 1e-12:
            yield Problem(
                f"{where}.{name}", text("Use at most %(count)d decimals.", count=DECIMALS)
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _place(rect: Rect, where: str, canvas: Size | None) -> Iterator[Problem]:
    """Sums are compared in millionths, so that 0.1 + 0.2 + 0.7 is a whole."""
    if rounded(rect.x + rect.w) > 1:
        yield Problem(f"{where}.w", text("The region reaches past the right edge."))
    if rounded(rect.y + rect.h) > 1:
        yield Problem(f"{where}.h", text("The region reaches past the lower edge."))
    for name in ("w", "h"):
        if rounded(getattr(rect, name)) == 0:
            yield Problem(f"{where}.{name}", text("The region is too small to be seen."))
            return
    if canvas is not None:
        try:
            to_pixels(rect, canvas)
        except InvalidInput as fault:
            yield Problem(where, fault.message)


def _people(layout: Layout) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, region in enumerate(layout.regions):
        if region.uid in seen:
            yield Problem(
                f"regions.{index}.uid", text("%(uid)s already has a region.", uid=region.uid)
            )
        if region.uid:
            seen.add(region.uid)
