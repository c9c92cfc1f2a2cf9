"""Recorded files: playlists, slices and MP4, by byte ranges, behind checked addresses."""

from pathlib import PurePosixPath

from flask import Blueprint, Response, request, send_file

from dashboard.services import media
from dashboard.web.auth import actor, require

bp = Blueprint("media", __name__)

MINUTES_5 = 300
"""Slices never change; a player that seeks back need not ask again at once."""


@bp.get("/media/<token>/<path:name>")
@require("view")
def get(token: str, name: str) -> Response:
    """`?download` saves the file instead of showing it."""
    found = media.open_media(token, name, actor())
    answer = send_file(
        found.path,
        mimetype=found.mimetype,
        conditional=True,
        as_attachment="download" in request.args,
        download_name=PurePosixPath(name).name,
    )
    if name.endswith(".m3u8"):
        answer.headers["Cache-Control"] = "no-store"  # it grows while recording
    else:
        answer.headers["Cache-Control"] = f"private, max-age={MINUTES_5}"
    return answer
