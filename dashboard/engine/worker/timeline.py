"""Where ticks stand in time."""

from dataclasses import dataclass
from fractions import Fraction

from dashboard.engine.worker.mixer import RATE


@dataclass(frozen=True)
class Timeline:
    """epoch_ms: wall time of media time 0, which is that of tick 0."""

    epoch_ms: int
    fps: int

    @property
    def epoch(self) -> Fraction:
        return Fraction(self.epoch_ms, 1000)

    def at(self, tick: int) -> Fraction:
        """Seconds since 1970."""
        return self.epoch + Fraction(tick, self.fps)

    def ms(self, tick: int) -> int:
        """Since 1970, rounded."""
        return self.epoch_ms + (tick * 1000 + self.fps // 2) // self.fps

    def sample(self, tick: int) -> int:
        """The first sample of a tick, at 48 kHz since media time 0."""
        return tick * RATE // self.fps
