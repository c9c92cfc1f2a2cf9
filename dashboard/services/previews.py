"""The picture that is being recorded, for accounts whose studio can show it."""

import hashlib
import logging

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
LARGEST = 512 * 1024
_JPEG = b"\xff\xd8\xff"


def refresh(limit: int = 100) -> int:
    """Fetch the pictures of what is on air. Returns how many are new."""
    ids = db.session.scalars(
        select(Recording.id)
        .join(Account, Account.id == Recording.account_id)
        .where(
            Recording.state == RecordingState.RECORDING.value,
            Recording.handle_key.is_not(None),
            Recording.unreachable_since.is_(None),
            Account.studio.is_(True),
        )
        .order_by(Recording.id)
        .limit(limit)
    ).all()
    return sum(refresh_one(recording_id) for recording_id in ids)


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
