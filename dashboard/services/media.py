"""Recorded files behind addresses that expire and are good for one session only.

An address covers the files of one recording, so that the relative names in its playlist
work. What it opens are files that the recording is known to have: never a path.
"""

import mimetypes
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from flask import url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from dashboard.errors import Forbidden, NotFound, text
from dashboard.extensions import db
from dashboard.models import Recording, RecordingFile
from dashboard.services import context, live, sessions, texts
from dashboard.services.readmodels import Actor
from dashboard.storage import store_for
from dashboard.storage.playlist import LARGEST_PLAYLIST

STEP_S = 3 * 3600
"""Addresses made in the same three hours are the same, so that a page that renews itself does
not restart its player. They last from three to six hours."""

_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mpd": "application/dash+xml",
    ".jpg": "image/jpeg",
}


class Media(NamedTuple):
    """file: seekable; whoever serves it closes it."""

    file: BinaryIO
    mimetype: str
    size_bytes: int
    modified_at: datetime


def address_for(recording_id: int, name: str, actor: Actor) -> str:
    """Where a file can be fetched. name: as FileView.name or RecordingScreen.playlist give it.

    Needs the endpoint "media.get" (/media/<token>/<path:name>).
    """
    return url_for("media.get", token=token_for(recording_id, actor), name=name)


def token_for(recording_id: int, actor: Actor) -> str:
    """Opens the files of one recording, for the actor's session, for some hours."""
    now_s = int(context.now().timestamp())
    expires_s = (now_s // STEP_S + 2) * STEP_S
    return _signer().dumps([recording_id, actor.session_id, expires_s])


def open_media(token: str, name: str, actor: Actor | None) -> Media:
    """The file, opened, and what it is.

    actor: who asks; only the session that the address was made for is served.
    Raises Forbidden (forged, expired, another's), NotFound (no such file of that recording),
    StorageFault.
    """
    recording_id = _checked(token, actor)
    if name != texts.storable(name, 1024):
        raise NotFound(text("This recording has no such file."))
    known = db.session.scalar(
        select(RecordingFile.id).where(
            RecordingFile.recording_id == recording_id, RecordingFile.name == name
        )
    )
    row = db.session.get(Recording, recording_id) if known else None
    if row is None:
        raise NotFound(text("This recording has no such file."))
    target = live.storage_of(row)
    db.session.rollback()
    file, facts = store_for(target).fetch(name)
    size = facts.size_bytes
    if name.endswith(".m3u8"):  # it may be replaced while it is being served
        with file:
            content = file.read(LARGEST_PLAYLIST)
        file, size = BytesIO(content), len(content)
    return Media(file, mimetype_of(name), size, facts.modified_at)


def mimetype_of(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def _checked(token: str, actor: Actor | None) -> int:
    try:
        recording_id, session_id, expires_s = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Forbidden(text("This address is not one of ours.")) from None
    if context.now().timestamp() > expires_s:
        raise Forbidden(text("This address has expired. Reload the page."))
    if actor is None or actor.session_id is None or actor.session_id != session_id:
        raise Forbidden(text("This address belongs to another session. Reload the page."))
    if not sessions.is_open(session_id):
        raise Forbidden(text("Your session has ended. Sign in again."))
    return recording_id


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key.get_secret_value(), salt="media")
