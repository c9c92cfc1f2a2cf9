"""What a window shows while nobody's picture comes for it."""

from fractions import Fraction
from functools import lru_cache

import av

from dashboard.engine.worker.compositor import Picture
from dashboard.engine.worker.pictures import Pictures
from dashboard.layouts.document import Fit, Layout, Missing, Preset
from dashboard.layouts.presets import Placement, Seat

PATIENCE_S = Fraction(7, 2)
"""agora-anyrtc.md 4.3."""
_BLACK = "black"


class StandIns:
    """Remembers what was seen last, of those who have a window."""

    def __init__(self, pictures: Pictures, on_pause: str = "") -> None:
        """on_pause: "last" or "black" where a picture that pauses is followed by one of those for
        as long as no placeholder is; "" where by what lies behind (a Spec says more)."""
        self._pictures, self._on_pause = pictures, on_pause
        self._layout = Layout()
        self._portraits: dict[str, tuple[str, Fit]] = {}
        self._last: dict[Seat, Picture] = {}
        self._since: dict[Seat, Fraction] = {}

    def arrange(self, layout: Layout, windows: tuple[Placement, ...]) -> None:
        """Take a layout; whoever has no window any more is forgotten."""
        self._layout = layout
        self._portraits = {p.uid: (p.image, p.fit) for p in layout.portraits}
        seated = {(window.uid, window.stream) for window in windows}
        self._last = {seat: last for seat, last in self._last.items() if seat in seated}
        self._since = {seat: at for seat, at in self._since.items() if seat in seated}

    def saw(self, window: Placement, picture: Picture, at: Fraction) -> None:
        """Somebody's own picture came. at: seconds since 1970."""
        seat = window.uid, window.stream
        self._last[seat], self._since[seat] = picture, at

    def instead(self, window: Placement, at: Fraction) -> Picture | None:
        """None for what lies behind the window."""
        at_once = self._layout.placeholder_when is Missing.AT_ONCE
        image = self._image(window)
        if window.uid is None:
            return image if at_once and self._owner(window) else None
        seat = window.uid, window.stream
        waited = at - self._since.setdefault(seat, at)
        if image and (at_once or waited >= PATIENCE_S):
            return image
        return self._paused(seat, is_awaited=image is not None)

    def _paused(self, seat: Seat, is_awaited: bool) -> Picture | None:
        """What was seen last stays where something else is to follow, or nothing ever will."""
        last = self._last.get(seat)
        if last is None:
            return None
        if is_awaited or self._on_pause == "last":
            return last
        if self._on_pause == _BLACK:
            return Picture(0, _black(last.frame.width, last.frame.height), _BLACK)
        return None

    def _owner(self, window: Placement) -> str | None:
        """Whom a window was given to, there or not."""
        if window.region is not None:
            return self._layout.regions[window.region].uid
        return window.uid

    def _image(self, window: Placement) -> Picture | None:
        """The nearest one that can be shown: the person's, the window's, everybody's."""
        uid = self._owner(window) or window.uid
        candidates = [self._portraits.get(uid or "", (None, None))]
        if self._layout.preset is Preset.CUSTOM and window.region is not None:
            candidates.append((self._layout.regions[window.region].placeholder, None))
        candidates.append((self._layout.placeholder, None))
        for address, fit in candidates:
            frame = self._pictures.frame(address, self._layout.background) if address else None
            if frame:
                return Picture(0, frame, address, fit)
        return None


@lru_cache(maxsize=8)
def _black(width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, level in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([level]) * plane.buffer_size)
    return frame
