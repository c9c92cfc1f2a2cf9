"""Recorded files: playlists, slices and MP4, by byte ranges, behind checked addresses."""

from pathlib import PurePosixPath

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from dashboard.services import media
from dashboard.web.auth import actor, require

bp = Blueprint("media", __name__)

MINUTES_5 = 300
"""Slices never change; a player that seeks back need not ask again at once."""
PIECE_BYTES = 64 * 1024


@bp.get("/media/<token>/<path:name>")
@require("view")
def get(token: str, name: str) -> Response:
    """`?download` saves the file instead of showing it."""
    found = media.open_media(token, name, actor())
    answer = Response(
        wrap_file(request.environ, found.file, PIECE_BYTES),
        mimetype=found.mimetype,
        direct_passthrough=True,
    )
    answer.content_length = found.size_bytes
    answer.last_modified = found.modified_at
    answer.set_etag(f"{found.size_bytes:x}-{found.modified_at.timestamp():f}")
    if "download" in request.args:
        answer.headers.set("Content-Disposition", "attachment", filename=PurePosixPath(name).name)
    answer.make_conditional(request, accept_ranges=True, complete_length=found.size_bytes)
    if name.endswith(".m3u8"):
        answer.headers["Cache-Control"] = "no-store"  # it grows while recording
    else:
        answer.headers["Cache-Control"] = f"private, max-age={MINUTES_5}"
    return answer
