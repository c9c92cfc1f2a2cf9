"""When to stop replacing workers that keep dying."""

from collections import deque

MOST = 4
"""So many lost within WITHIN_S, and the next would be lost, too."""
WITHIN_S = 60.0
PAUSE_S = 0.5


class Losses:
    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def pause_after_one_more(self, now_s: float) -> float | None:
        """Seconds to wait before the next worker: none after a first loss, then ever more.

        None when it is time to give up.
        """
        self._times.append(now_s)
        while now_s - self._times[0] > WITHIN_S:
            self._times.popleft()
        if len(self._times) >= MOST:
            return None
        return PAUSE_S * len(self._times) if len(self._times) > 1 else 0.0
