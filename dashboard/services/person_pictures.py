"""Pictures of people in a channel, fetched only while somebody edits its layout."""

import hashlib
import logging

from sqlalchemy import delete, select

from dashboard.errors import ProviderError
from dashboard.extensions import db
from dashboard.models import Channel, ChannelPerson, PersonPreview
from dashboard.providers.base import Studio
from dashboard.services import accounts, context
from dashboard.services.layouts import editing
from dashboard.services.previews import LARGEST
from dashboard.services.unit_of_work import calling_out, transaction

log = logging.getLogger(__name__)

WIDTH = 320
MOST_PEOPLE = 25
"""More have no region of their own in any layout."""
_JPEG = b"\xff\xd8\xff"


def refresh() -> int:
    """Fetch whom the open editors show. Returns how many pictures are new."""
    return sum(refresh_channel(channel_id) for channel_id in editing.being_edited())


def refresh_channel(channel_id: int) -> int:
    """Everybody with a picture in one channel; a fault only means: not now."""
    channel = db.session.get(Channel, channel_id)
    studio = accounts.studio_of(accounts.config_of(channel.account))
    if studio is None:
        return 0
    uids = db.session.scalars(
        select(ChannelPerson.uid)
        .where(ChannelPerson.channel_id == channel_id, ChannelPerson.video.is_(True))
        .order_by(ChannelPerson.place)
        .limit(MOST_PEOPLE)
    ).all()
    try:
        called = accounts.studio_channel(channel.account.vendor, channel.name, channel.profile)
        found = _fetch(studio, called, uids)
    except ProviderError as fault:
        log.debug("channel %s: no pictures of its people: %s", channel_id, fault)
        return 0
    return _keep(channel_id, found)


def _fetch(studio: Studio, channel: str, uids) -> dict[str, bytes]:
    with calling_out():
        found = {uid: studio.person_preview(channel, uid, WIDTH) for uid in uids}
    return {
        uid: jpeg
        for uid, jpeg in found.items()
        if jpeg and len(jpeg) <= LARGEST and jpeg.startswith(_JPEG)
    }


def _keep(channel_id: int, found: dict[str, bytes]) -> int:
    """What is new, in one transaction; whoever left or went dark goes."""
    known = _known(channel_id)
    digests = {uid: hashlib.sha256(jpeg).digest() for uid, jpeg in found.items()}
    if known == digests:
        return 0
    new = [uid for uid, digest in digests.items() if known.get(uid) != digest]
    with transaction() as work:
        mine = PersonPreview.channel_id == channel_id
        work.session.execute(delete(PersonPreview).where(mine, PersonPreview.uid.not_in(found)))
        for uid in new:
            row = work.session.get(PersonPreview, (channel_id, uid))
            if row is None:
                row = PersonPreview(channel_id=channel_id, uid=uid, version=0)
                work.session.add(row)
            row.version += 1
            row.digest, row.jpeg, row.taken_at = digests[uid], found[uid], context.now()
    return len(new)


def _known(channel_id: int) -> dict[str, bytes]:
    rows = db.session.execute(
        select(PersonPreview.uid, PersonPreview.digest).where(
            PersonPreview.channel_id == channel_id
        )
    )
    return {uid: digest for uid, digest in rows}
