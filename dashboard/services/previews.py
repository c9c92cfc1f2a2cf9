"""The picture that is being recorded, for accounts whose studio can show it."""

import hashlib
import logging
import math
import time

from sqlalchemy import select, update

from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import ProviderError
from dashboard.extensions import db
from dashboard.models import Account, Preview, Recording
from dashboard.services import accounts, context, live
from dashboard.services.live import Live
from dashboard.services.unit_of_work import CHANNELS, calling_out, recording_feed, transaction

log = logging.getLogger(__name__)

WIDTH = 480
ROUND_S = 2.0
SLOW_S = 0.5
"""A picture takes some 30 ms."""
RESTS = 4
"""Times as long as its slow call took."""
LARGEST = 512 * 1024
_JPEG = b"\xff\xd8\xff"


class Rounds:
    """Everybody's turn comes, however slow one studio is.

    First comes whose picture was asked for longest ago. A studio that was slow, or did not
    answer, is left alone for a while afterwards, so that it takes a part of the time and
    never all of it.
    """

    def __init__(self) -> None:
        self._asked_at: dict[int, float] = {}
        self._rests_until: dict[int, float] = {}

    def go(self, longest_s: float = ROUND_S, limit: int = 1000) -> int:
        """Returns how many pictures are new. Takes longest_s, and what one call may take."""
        accounts_of = dict(_on_air(limit))
        self._asked_at = {id_: at for id_, at in self._asked_at.items() if id_ in accounts_of}
        began, new = time.monotonic(), 0
        for id_ in sorted(accounts_of, key=lambda id_: self._asked_at.get(id_, -math.inf)):
            now, account_id = time.monotonic(), accounts_of[id_]
            if now - began >= longest_s:
                break
            if now < self._rests_until.get(account_id, now):
                continue
            self._asked_at[id_] = now
            new += refresh_one(id_)
            took = time.monotonic() - now
            if took >= SLOW_S:
                self._rests_until[account_id] = now + took * (1 + RESTS)
        return new


def refresh(limit: int = 100) -> int:
    """Fetch the pictures of what is on air, all in one round. Returns how many are new."""
    return Rounds().go(math.inf, limit)


def _on_air(limit: int) -> list[tuple[int, int]]:
    """(id, account_id) by id."""
    found = db.session.execute(
        select(Recording.id, Recording.account_id)
        .join(Account, Account.id == Recording.account_id)
        .where(
            Recording.state == RecordingState.RECORDING.value,
            Recording.handle_key.is_not(None),
            Recording.unreachable_since.is_(None),
            Account.studio.is_(True),
        )
        .order_by(Recording.id)
        .limit(limit)
    )
    return [(id_, account_id) for id_, account_id in found]


def refresh_one(recording_id: int) -> bool:
    """Fetch one picture. Returns whether it is a new one; a fault only means: not now."""
    recording = live.load(recording_id)
    studio = accounts.studio_of(recording.config)
    if studio is None or recording.handle_key is None:
        return False
    try:
        with calling_out():
            jpeg = studio.preview(recording.handle, WIDTH)
    except ProviderError as fault:
        log.debug("recording %s: no picture: %s", recording_id, fault)
        return False
    if not jpeg or len(jpeg) > LARGEST or not jpeg.startswith(_JPEG):
        return False
    return _keep(recording, jpeg)


def _keep(recording: Live, jpeg: bytes) -> bool:
    digest = hashlib.sha256(jpeg).digest()
    known = db.session.get(Preview, recording.id)
    if known is not None and known.digest == digest:
        return False
    with transaction() as work:
        picture = {"digest": digest, "jpeg": jpeg, "taken_at": context.now()}
        if not work.insert_new(Preview, recording_id=recording.id, version=1, **picture):
            work.session.execute(
                update(Preview)
                .where(Preview.recording_id == recording.id)
                .values(version=Preview.version + 1, **picture)
            )
        work.touch(CHANNELS, recording_feed(recording.id))
    return True
