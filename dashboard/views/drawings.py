"""A layout as a picture: what `layouts/_drawing.html` needs to draw it as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.recording import Canvas
from dashboard.domain.subscription import EVERYBODY, Subscription
from dashboard.errors import Text, text
from dashboard.layouts.document import Layout, Preset
from dashboard.layouts.geometry import Rect
from dashboard.layouts.presets import arrange
from dashboard.services.readmodels import PersonView

NOBODY = ("", " ", "  ")
"""Stand-ins while the channel is empty, so that a preset still shows how it divides."""

LAYOUT_NAMES = {
    Preset.FLOATING: text("Floating"),
    Preset.BEST_FIT: text("Best fit"),
    Preset.VERTICAL: text("Vertical"),
    Preset.CUSTOM: text("Custom"),
    Preset.GRID: text("Grid"),
    Preset.TRTC_FLOATING: text("Floating (TRTC)"),
    Preset.SCREEN_SHARE: text("Screen share"),
}


@dataclass(frozen=True)
class Tile:
    """One window in canvas pixels. uid: None while nobody is in it. color: "#RRGGBB" or None."""

    x: float
    y: float
    width: float
    height: float
    uid: str | None = None
    color: str | None = None
    opacity: float = 1.0

    @property
    def figure_px(self) -> float:
        """The height of the uid's figures, so that they stay inside the tile."""
        letters = max(len(self.uid or ""), 3)
        return round(min(self.height * 0.42, self.width / letters / 0.68), 1)


@dataclass(frozen=True)
class Drawing:
    """A canvas with its tiles, back to front."""

    width: int
    height: int
    background: str
    tiles: tuple[Tile, ...]
    name: Text


def draw(
    layout: Layout,
    canvas: Canvas,
    people: Sequence[PersonView] = (),
    subscription: Subscription | None = None,
) -> Drawing:
    """The picture this layout makes of these people now.

    people: in the order they joined. Without any, the empty windows are drawn.
    subscription: who of them is left out of the picture has no window.
    """
    choice = subscription.video if subscription else EVERYBODY
    colors = {person.uid: person.color for person in people if choice.takes(person.uid)}
    tiles = tuple(
        _tile(place.rect, canvas, place.uid, colors.get(place.uid or ""), place.opacity)
        for place in arrange(layout, list(colors) if people else list(NOBODY))
    )
    return Drawing(
        canvas.width, canvas.height, layout.background, tiles, LAYOUT_NAMES[layout.preset]
    )


def draw_example(preset: Preset, canvas: Canvas, background: str) -> Drawing:
    """A preset with empty windows for four people or five, for choosing among presets."""
    blank = [" " * (index + 1) for index in range(5 if preset is Preset.VERTICAL else 4)]
    layout = Layout(preset=preset, background=background, focus_uid=blank[0])
    tiles = tuple(_tile(place.rect, canvas, None, None, 1.0) for place in arrange(layout, blank))
    return Drawing(canvas.width, canvas.height, background, tiles, LAYOUT_NAMES[preset])


def _tile(rect: Rect, canvas: Canvas, uid: str | None, color: str | None, opacity: float) -> Tile:
    return Tile(
        x=round(rect.x * canvas.width, 2),
        y=round(rect.y * canvas.height, 2),
        width=round(rect.w * canvas.width, 2),
        height=round(rect.h * canvas.height, 2),
        uid=(uid or "").strip() or None,
        color=color,
        opacity=opacity,
    )
