"""Who stands where: a layout and the people of a channel become windows on the canvas.

The numbers are those of Agora's mixed layouts (reference section 12), which the
other vendors' presets follow closely enough to share one drawing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.layouts.document import MOST_REGIONS, Fit, Layout, Preset
from dashboard.layouts.geometry import FULL, Rect

MOST_SMALL_WINDOWS = MOST_REGIONS - 1


@dataclass(frozen=True)
class Placement:
    """One window. uid None: nobody stands there now and the background shows."""

    uid: str | None
    rect: Rect
    opacity: float = 1.0
    fit: Fit = Fit.FILL


def arrange(layout: Layout, uids: Sequence[str]) -> tuple[Placement, ...]:
    """Give everybody a window.

    uids: people who may be seen, in the order they joined, each once. Someone whose
        camera is off keeps a window; what it shows is the caller's to decide.
    Returns windows in drawing order, the last in front. More than 17 people: the
    first 17 are shown.
    """
    return _ARRANGE[layout.preset](layout, list(uids))


def _floating(layout: Layout, uids: list[str]) -> tuple[Placement, ...]:
    """The first fills the canvas, the others stand before them in rows from below."""
    seen = uids[:MOST_REGIONS]
    behind = [Placement(uid, FULL) for uid in seen[:1]]
    before = [Placement(uid, _floating_window(i)) for i, uid in enumerate(seen[1:])]
    return (*behind, *before)


def _floating_window(index: int) -> Rect:
    row, column = divmod(index, 4)
    return Rect(0.012 + column * 0.247, 1 - (row + 1) * 0.247, 0.235, 0.235)


def _best_fit(layout: Layout, uids: list[str]) -> tuple[Placement, ...]:
    """A grid just large enough, row by row."""
    seen = uids[:MOST_REGIONS]
    return tuple(map(Placement, seen, _grid(len(seen))))


def _grid(people: int) -> Iterable[Rect]:
    if people == 17:
        return [*(Rect(0.1 + 0.2 * (i % 4), 0.2 * (i // 4), 0.2, 0.2) for i in range(16)),
                Rect(0.4, 0.8, 0.2, 0.2)]  # fmt: skip
    if people == 2:
        return [Rect(0, 0, 0.5, 1), Rect(0.5, 0, 0.5, 1)]
    side = next(side for side in (1, 2, 3, 4) if people <= side * side)
    return [Rect(i % side / side, i // side / side, 1 / side, 1 / side) for i in range(people)]


def _vertical(layout: Layout, uids: list[str]) -> tuple[Placement, ...]:
    """One large window on the left, the others in columns on the right.

    The large one belongs to `focus_uid` alone and is empty while that person is away.
    Nobody chosen and one person there: they have the canvas.
    """
    focus = layout.focus_uid
    if len(uids) == 1 and focus in (None, uids[0]):
        return (Placement(uids[0], FULL, fit=Fit.CONTAIN if focus else Fit.FILL),)
    if not uids:
        return ()
    large = focus if focus in uids else None
    others = [uid for uid in uids if uid != large][:MOST_SMALL_WINDOWS]
    width, columns = _vertical_measures(1 + len(others))
    first = Placement(large, Rect(0, 0, width, 1), fit=Fit.CONTAIN)
    return (first, *map(Placement, others, columns))


def _vertical_measures(windows: int) -> tuple[float, list[Rect]]:
    """The width of the large window and the places of the small ones, top-down."""
    for most, parts in ((5, 5), (7, 7), (9, 9)):
        if windows <= most:
            high = 1 / (parts - 1)
            left = (parts - 1) / parts
            return left, [Rect(left, i * high, 1 / parts, high) for i in range(parts - 1)]
    return 0.8, [Rect(0.8 + 0.1 * (i // 8), i % 8 / 8, 0.1, 1 / 8) for i in range(16)]


def _custom(layout: Layout, uids: list[str]) -> tuple[Placement, ...]:
    """Regions as drawn; those without a uid go to people who have none of their own."""
    owners = {region.uid for region in layout.regions if region.uid}
    present = set(uids)
    guests = iter([uid for uid in uids if uid not in owners])
    placed = []
    for region in layout.regions[:MOST_REGIONS]:
        own = region.uid if region.uid in present else None
        uid = own if region.uid else next(guests, None)
        placed.append(Placement(uid, region.rect, region.opacity, region.fit))
    return tuple(placed)


_ARRANGE = {
    Preset.FLOATING: _floating,
    Preset.BEST_FIT: _best_fit,
    Preset.VERTICAL: _vertical,
    Preset.CUSTOM: _custom,
}
