"""Who stands where: a layout and the people of a channel become windows on the canvas.

FLOATING, BEST_FIT and VERTICAL follow Agora's mixed layouts (agora-anyrtc.md section 12),
GRID, TRTC_FLOATING and SCREEN_SHARE those of TRTC (trtc.md section 8 and its decisions).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.layouts.document import Fit, Layout, Preset, Region, Side, Stream
from dashboard.layouts.families import MOST_PEOPLE
from dashboard.layouts.geometry import FULL, Rect, mirrored, settled

Seat = tuple[str, Stream]
"""One picture of one person."""


@dataclass(frozen=True)
class Placement:
    """One window. uid None: nobody stands there now and the background shows.

    region: index in `layout.regions` of the one it was made of, None in a preset.
    """

    uid: str | None
    rect: Rect
    opacity: float = 1.0
    fit: Fit = Fit.FILL
    stream: Stream = Stream.MAIN
    region: int | None = None


def arrange(
    layout: Layout, uids: Sequence[str], screens: Collection[str] = ()
) -> tuple[Placement, ...]:
    """Give everybody a window.

    uids: people who may be seen, in the order they joined, each once. Someone whose
        camera is off keeps a window; what it shows is the caller's to decide.
    screens: those of them who share their screen as well; it takes a place of its own,
        after their main picture.
    Returns windows in drawing order, the last in front. More people than the preset
    has windows (17 or 25): the first to join are shown.
    """
    seats = [(uid, Stream.MAIN) for uid in uids]
    if screens:
        seats = [seat for uid in uids for seat in _seats(uid, uid in screens)]
    return seat_all(layout, seats)


def seat_all(layout: Layout, seats: Sequence[Seat]) -> tuple[Placement, ...]:
    """Give every picture a window. seats: in the order of places, each once."""
    windows = _ARRANGE[layout.preset](layout, list(seats))
    if layout.fit is None or layout.preset is Preset.CUSTOM:
        return windows
    return tuple(replace(window, fit=layout.fit) for window in windows)


def to_regions(layout: Layout, uids: Sequence[str], screens: Collection[str] = ()) -> Layout:
    """The same picture as a custom layout, to be edited by hand.

    Windows keep who stands in them now; empty ones go to the next to join. A custom
    layout comes back as it is.
    """
    if layout.preset is Preset.CUSTOM:
        return layout
    regions = tuple(
        Region(settled(place.rect), place.uid, place.opacity, place.fit, place.stream)
        for place in arrange(layout, uids, screens)
    )
    return replace(_whole(layout), preset=Preset.CUSTOM, regions=regions)


def _whole(layout: Layout) -> Layout:
    """Without what means nothing but to a preset."""
    return replace(
        layout, fit=None, hide_audio_only=False, focus_uid=None,
        focus_stream=Layout.focus_stream, focus_side=Layout.focus_side,
    )  # fmt: skip


def _seats(uid: str, shares: bool) -> Iterable[Seat]:
    yield uid, Stream.MAIN
    if shares:
        yield uid, Stream.SCREEN


def _window(seat: Seat | None, rect: Rect, fit: Fit = Fit.FILL) -> Placement:
    return Placement(seat[0], rect, 1.0, fit, seat[1]) if seat else Placement(None, rect, fit=fit)


def _focus_and_others(layout: Layout, seats: list[Seat]) -> tuple[Seat | None, list[Seat]]:
    """Who gets the large window, None while away or not chosen, and as many others as fit."""
    wanted = (layout.focus_uid, layout.focus_stream)
    focus = next((seat for seat in seats if seat == wanted), None)
    most_others = MOST_PEOPLE[layout.preset] - 1
    return focus, [seat for seat in seats if seat != focus][:most_others]


# ------------------------------------------------------------------ equal windows


def _floating(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """The first fills the canvas, the others stand before them in rows from below."""
    seen = seats[: MOST_PEOPLE[layout.preset]]
    behind = [_window(seat, FULL) for seat in seen[:1]]
    before = [_window(seat, _floating_window(i)) for i, seat in enumerate(seen[1:])]
    return (*behind, *before)


def _floating_window(index: int, per_row: int = 4, side: float = 0.235, gap: float = 0.012) -> Rect:
    row, column = divmod(index, per_row)
    return Rect(gap + column * (side + gap), 1 - (row + 1) * (side + gap), side, side)


def _best_fit(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """A grid just large enough, row by row."""
    seen = seats[: MOST_PEOPLE[layout.preset]]
    return tuple(map(_window, seen, _best_fit_cells(len(seen))))


def _best_fit_cells(people: int) -> list[Rect]:
    if people == 17:
        return [*(Rect(0.1 + 0.2 * (i % 4), 0.2 * (i // 4), 0.2, 0.2) for i in range(16)),
                Rect(0.4, 0.8, 0.2, 0.2)]  # fmt: skip
    return _cells(people)


def _grid(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """Like best fit, up to 5 x 5."""
    seen = seats[: MOST_PEOPLE[layout.preset]]
    return tuple(map(_window, seen, _cells(len(seen))))


def _cells(people: int) -> list[Rect]:
    """The cells in use of the smallest square grid; two people get a half each."""
    if people == 2:
        return [Rect(0, 0, 0.5, 1), Rect(0.5, 0, 0.5, 1)]
    side = next(side for side in (1, 2, 3, 4, 5) if people <= side * side)
    return [Rect(i % side / side, i // side / side, 1 / side, 1 / side) for i in range(people)]


# ------------------------------------------------------------------ one large window


def _vertical(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """One large window on the left, the others in columns on the right.

    The large one belongs to `focus_uid` alone and is empty while that person is away.
    Nobody chosen and one person there: they have the canvas.
    """
    chosen = layout.focus_uid
    if len(seats) == 1 and chosen in (None, seats[0][0]):
        return (_window(seats[0], FULL, Fit.CONTAIN if chosen else Fit.FILL),)
    if not seats:
        return ()
    focus, others = _focus_and_others(layout, seats)
    large, columns = _beside(1 + len(others))
    return (_window(focus, large, Fit.CONTAIN), *map(_window, others, columns))


def _trtc_floating(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """The chosen one fills the canvas, else the first to join; smaller windows from 18 on.

    Somebody chosen who is away leaves it empty (decision 11).
    """
    if not seats:
        return ()
    if not layout.focus_uid:
        uid, stream = seats[0]
        layout = replace(layout, focus_uid=uid, focus_stream=stream)
    focus, others = _focus_and_others(layout, seats)
    measures = (4, 0.235, 0.012) if 1 + len(others) <= 17 else (5, 0.188, 0.01)
    small = [_window(seat, _floating_window(i, *measures)) for i, seat in enumerate(others)]
    return (_window(focus, FULL), *small)


def _screen_share(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """A large window for the chosen one, the others in columns beside it, then in a row below.

    Nobody chosen, or away: it stays empty, and counts (decision 3).
    """
    if not seats:
        return ()
    focus, others = _focus_and_others(layout, seats)
    large, small = _beside(1 + len(others))
    windows = (_window(focus, large), *map(_window, others, small))
    if layout.focus_side is Side.LEFT:
        return windows
    return tuple(replace(window, rect=mirrored(window.rect)) for window in windows)


def _beside(windows: int) -> tuple[Rect, list[Rect]]:
    """The large window and the places of the small ones: columns top-down, then below."""
    for most, parts in ((5, 5), (7, 7), (9, 9)):
        if windows <= most:
            high, left = 1 / (parts - 1), (parts - 1) / parts
            column = [Rect(left, i * high, 1 / parts, high) for i in range(parts - 1)]
            return Rect(0, 0, left, 1), column
    columns = [Rect(0.8 + 0.1 * (i // 8), i % 8 / 8, 0.1, 1 / 8) for i in range(16)]
    if windows <= 17:
        return Rect(0, 0, 0.8, 1), columns
    below = [Rect(i / 10, 7 / 8, 0.1, 1 / 8) for i in range(8)]
    return Rect(0, 0, 0.8, 7 / 8), columns + below


# ------------------------------------------------------------------ by hand


def _custom(layout: Layout, seats: list[Seat]) -> tuple[Placement, ...]:
    """Regions as drawn; those without a uid go to pictures that have none of their own."""
    owned = {(region.uid, region.stream) for region in layout.shown if region.uid}
    guests = iter([seat for seat in seats if seat not in owned])
    present = set(seats)
    placed = []
    for index, region in enumerate(layout.regions):
        if region.hidden:
            continue
        own = (region.uid, region.stream) if region.uid else None
        seat = next(guests, None) if own is None else own if own in present else None
        uid, stream = seat or (None, region.stream)
        placed.append(Placement(uid, region.rect, region.opacity, region.fit, stream, index))
    return tuple(placed)


_ARRANGE = {
    Preset.FLOATING: _floating,
    Preset.BEST_FIT: _best_fit,
    Preset.VERTICAL: _vertical,
    Preset.CUSTOM: _custom,
    Preset.GRID: _grid,
    Preset.TRTC_FLOATING: _trtc_floating,
    Preset.SCREEN_SHARE: _screen_share,
}
