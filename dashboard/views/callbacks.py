"""Where vendors report. Read whole, capped, stored by the service before it is answered."""

from flask import Blueprint, abort, jsonify, request

from dashboard.services import callbacks
from dashboard.web.auth import public

bp = Blueprint("callbacks", __name__)

LARGEST_BODY = 64 * 1024


@bp.post("/callbacks/<key>")
@public
def receive(key: str):
    request.max_content_length = LARGEST_BODY
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415)  # nothing we unpack can be larger than what was sent
    raw = request.get_data(cache=False)
    callbacks.receive(key, dict(request.headers), raw, request.remote_addr or "")
    return jsonify(code=0)
