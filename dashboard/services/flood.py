"""How much of what anybody may send is written down."""

import threading
from datetime import datetime, timedelta


class Flood:
    """Lets `most` through in each `window` of a sender; the rest is only counted.

    Kept in memory, by each process for itself: a bound for the disk, not a count to bill by.
    """

    def __init__(self, most: int, window: timedelta) -> None:
        self._most, self._window = most, window
        self._lock = threading.Lock()
        self._senders: dict[int, tuple[datetime, int, int]] = {}

    def count(self, sender: int, now: datetime) -> int:
        """Returns how many have come since the last one that was let through, this one with
        them; 0: this one is not let through."""
        with self._lock:
            began, let_in, held_back = self._senders.get(sender, (now, 0, 0))
            if not timedelta(0) <= now - began < self._window:
                began, let_in = now, 0
            if let_in >= self._most:
                self._senders[sender] = (began, let_in, held_back + 1)
                return 0
            self._senders[sender] = (began, let_in + 1, 0)
            return held_back + 1
