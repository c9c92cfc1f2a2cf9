"""What a layout must keep to before a recording is asked to show it, and what to look at.

The browser's twin (static/js/layout/rules.js) finds the same, in the same order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.layouts import sight, watermarks
from dashboard.layouts.colours import COLOUR
from dashboard.layouts.document import MOST_REGIONS, Layout, Preset, Region
from dashboard.layouts.families import Family
from dashboard.layouts.geometry import DECIMALS, Rect, Size, rounded, to_pixels

NEARLY_WHOLE = 1e-6
"""Times the canvas: how far six decimals may be off the pixel that was meant."""


class Severity(StrEnum):
    ERROR = "error"
    """It is refused."""
    WARNING = "warning"
    """It is taken; somebody should look."""
    NOTE = "note"
    """It is taken; good to know where the region is shown."""


@dataclass(frozen=True)
class Finding(Problem):
    """A problem and where it belongs.

    code: a key of SENTENCES. region: index in `layout.regions`, None for the whole.
    """

    code: str = ""
    severity: Severity = Severity.ERROR
    region: int | None = None


SENTENCES = {
    "colour": text("Write the colour as #RRGGBB."),
    "odd_canvas": text("Width and height of the picture must be even."),
    "preset_foreign": text("This account has no such layout."),
    "empty": text("Place at least one region."),
    "not_custom": text("Only a custom layout has regions of its own."),
    "too_many": text("%(count)d regions are more than the %(most)d that can be shown."),
    "opacity": text("Opacity goes from 0 (clear) to 1 (solid)."),
    "fit_foreign": text("This account cannot fit pictures in this way."),
    "stream_foreign": text("This account does not record shared screens by themselves."),
    "fraction": text("Give a fraction of the canvas from 0 to 1."),
    "decimals": text("Use at most %(count)d decimals."),
    "past_right": text("The region reaches past the right edge."),
    "past_bottom": text("The region reaches past the lower edge."),
    "too_small": text("The region is too small to be seen."),
    "taken": text("%(uid)s already has a region."),
    "taken_screen": text("The screen of %(uid)s already has a region."),
    "hidden": text("Hidden: this region will not be recorded."),
    "clear": text("Nobody will see this region: it is fully transparent."),
    "covered": text("Nobody will see this region: others in front cover it."),
    "background_fit_foreign": text("This account cannot fit background images in this way."),
    "hide_foreign": text("This account shows those without a picture, too."),
    "portraits_foreign": text("This account has no images for single people."),
    "portrait_twice": text("%(uid)s already has an image."),
    "marks_foreign": text("This account paints nothing over the picture."),
    **watermarks.SENTENCES,
    "odd_pixels": text("Recorded at even pixels: %(w)d × %(h)d at %(x)d, %(y)d."),
}

_SEVERITIES = {
    "hidden": Severity.WARNING,
    "clear": Severity.WARNING,
    "covered": Severity.WARNING,
    "odd_pixels": Severity.NOTE,
}


def check(
    layout: Layout,
    most_regions: int = MOST_REGIONS,
    canvas: Size | None = None,
    family: Family | None = None,
) -> list[Finding]:
    """Everything a layout is refused for, in reading order; an empty list when nothing is.

    canvas: when it is known, regions too small to be seen on it are named as well.
    family: when it is known, what its accounts cannot show is named as well, and its
        limit stands instead of `most_regions`.
    Findings are Problems and name fields as the JSON form does: "background", "regions.2.w".
    """
    most = family.most_regions if family else most_regions
    found = _findings(layout, most, canvas, family)
    return [finding for finding in found if finding.severity is Severity.ERROR]


def review(layout: Layout, family: Family, canvas: Size | None = None) -> list[Finding]:
    """What `check` refuses, and besides what is worth knowing before Apply is pressed."""
    return list(_findings(layout, family.most_regions, canvas, family))


def require(layout: Layout, family: Family, canvas: Size | None = None) -> None:
    """Raises InvalidInput with everything the layout is refused for."""
    found = check(layout, canvas=canvas, family=family)
    if found:
        raise InvalidInput(found)


def _finding(code: str, where: str, region: int | None = None, **values: object) -> Finding:
    what = Text(SENTENCES[code].template, values)
    return Finding(where, what, code, _SEVERITIES.get(code, Severity.ERROR), region)


def _findings(
    layout: Layout, most: int, canvas: Size | None, family: Family | None
) -> Iterator[Finding]:
    yield from _whole(layout, canvas, family)
    yield from _number_of_regions(layout, most)
    sane = [_is_sane(region) for region in layout.regions]
    boxes = _covers(layout.regions, sane, canvas)
    owned: set[tuple[str | None, str]] = set()
    for index, region in enumerate(layout.regions):
        yield from _region(region, index, canvas, family)
        if not region.hidden:
            yield from _person(region, index, owned)
        if sane[index]:
            yield from _seen(region, index, canvas, boxes)


def _whole(layout: Layout, canvas: Size | None, family: Family | None) -> Iterator[Finding]:
    if canvas and (canvas.width % 2 or canvas.height % 2):
        yield _finding("odd_canvas", "canvas")
    if not (isinstance(layout.background, str) and COLOUR.fullmatch(layout.background)):
        yield _finding("colour", "background")
    if family and layout.preset not in family.presets:
        yield _finding("preset_foreign", "preset")
    if family:
        yield from _beyond(layout, family)
    seen: set[str] = set()
    for index, portrait in enumerate(layout.portraits):
        if portrait.uid in seen:
            yield _finding("portrait_twice", f"portraits.{index}.uid", uid=portrait.uid)
        seen.add(portrait.uid)
    for fault in watermarks.faults(layout.watermarks):
        where = f"watermarks.{fault.where}" if fault.where else "watermarks"
        yield _finding(fault.code, where, **fault.values)


def _beyond(layout: Layout, family: Family) -> Iterator[Finding]:
    """What this kind of account has not."""
    if layout.fit is not None and layout.fit not in family.preset_fits:
        yield _finding("fit_foreign", "fit")
    if layout.background_image and layout.background_fit not in family.background_fits:
        yield _finding("background_fit_foreign", "background_fit")
    if layout.hide_audio_only and not family.hides_audio_only:
        yield _finding("hide_foreign", "hide_audio_only")
    if layout.portraits and not family.portraits:
        yield _finding("portraits_foreign", "portraits")
    for index, portrait in enumerate(layout.portraits if family.portraits else ()):
        if portrait.fit not in family.fits:
            yield _finding("fit_foreign", f"portraits.{index}.fit")
    if layout.watermarks and not family.most_watermarks:
        yield _finding("marks_foreign", "watermarks")


def _number_of_regions(layout: Layout, most: int) -> Iterator[Finding]:
    if layout.preset is not Preset.CUSTOM:
        if layout.regions:
            yield _finding("not_custom", "regions")
        return
    count = len(layout.shown)
    if count == 0:
        yield _finding("empty", "regions")
    if count > most:
        yield _finding("too_many", "regions", count=count, most=most)


# ------------------------------------------------------------------ one region


def _region(
    region: Region, index: int, canvas: Size | None, family: Family | None
) -> Iterator[Finding]:
    where = f"regions.{index}"
    if not _is_within(region.opacity):
        yield _finding("opacity", f"{where}.opacity", index)
    if family and region.fit not in family.fits:
        yield _finding("fit_foreign", f"{where}.fit", index)
    if family and region.stream not in family.streams:
        yield _finding("stream_foreign", f"{where}.stream", index)
    unfit = list(_numbers(region.rect, index))
    yield from unfit or _place(region.rect, index, canvas)


def _numbers(rect: Rect, index: int) -> Iterator[Finding]:
    for name in ("x", "y", "w", "h"):
        value = getattr(rect, name)
        if not _is_within(value):
            yield _finding("fraction", f"regions.{index}.{name}", index)
        elif abs(value - rounded(value)) > 1e-12:
            yield _finding("decimals", f"regions.{index}.{name}", index, count=DECIMALS)


def _is_within(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _place(rect: Rect, index: int, canvas: Size | None) -> Iterator[Finding]:
    """Sums are compared in millionths, so that 0.1 + 0.2 + 0.7 is a whole."""
    where = f"regions.{index}"
    if rounded(rect.x + rect.w) > 1:
        yield _finding("past_right", f"{where}.w", index)
    if rounded(rect.y + rect.h) > 1:
        yield _finding("past_bottom", f"{where}.h", index)
    for name in ("w", "h"):
        if getattr(rect, name) == 0:
            yield _finding("too_small", f"{where}.{name}", index)
            return
    if canvas and sight.box_of(rect, canvas) is None:
        yield _finding("too_small", where, index)


def _person(region: Region, index: int, owned: set[tuple[str | None, str]]) -> Iterator[Finding]:
    key = (region.uid, region.stream)
    if region.uid and key in owned:
        code = "taken_screen" if region.stream == "screen" else "taken"
        yield _finding(code, f"regions.{index}.uid", index, uid=region.uid)
    owned.add(key)


# ------------------------------------------------------------------ what will be seen


def _is_sane(region: Region) -> bool:
    """Its numbers can be reckoned with."""
    r = region.rect
    if not all(map(_is_within, (region.opacity, r.x, r.y, r.w, r.h))):
        return False
    return rounded(r.w) > 0 and rounded(r.h) > 0


def _covers(
    regions: Sequence[Region], sane: Sequence[bool], canvas: Size | None
) -> list[sight.Box | None]:
    """The place of every region that hides what is behind it, None for the others."""
    return [
        sight.box_of(region.rect, canvas) if fit and sight.hides(region) else None
        for region, fit in zip(regions, sane, strict=True)
    ]


def _seen(
    region: Region, index: int, canvas: Size | None, covers: Sequence[sight.Box | None]
) -> Iterator[Finding]:
    where = f"regions.{index}"
    box = sight.box_of(region.rect, canvas)
    if region.hidden:
        yield _finding("hidden", where, index)
    elif box is None:
        return  # already said to be too small
    elif sight.is_clear(region):
        yield _finding("clear", f"{where}.opacity", index)
    elif sight.is_covered(box, filter(None, covers[index + 1 :])):
        yield _finding("covered", where, index)
    elif canvas and _is_odd(region.rect, canvas):
        p = to_pixels(region.rect, canvas)
        yield _finding("odd_pixels", where, index, x=p.x, y=p.y, w=p.w, h=p.h)


def _is_odd(rect: Rect, canvas: Size) -> bool:
    """Whether an edge was put on an odd pixel; one that falls between pixels was not put."""
    across = (rect.x * canvas.width, (rect.x + rect.w) * canvas.width)
    down = (rect.y * canvas.height, (rect.y + rect.h) * canvas.height)
    return any(_is_odd_pixel(edge, canvas.width) for edge in across) or any(
        _is_odd_pixel(edge, canvas.height) for edge in down
    )


def _is_odd_pixel(edge: float, side: int) -> bool:
    whole = int(edge + 0.5)
    return whole % 2 == 1 and abs(edge - whole) <= NEARLY_WHOLE * side
