"""Style sheets, scripts and pictures: kept by browsers for good, under a name that changes
with them.

The version stands in the path, not behind a question mark, so that modules which import
their neighbours stay within it. The plain path works too, and is asked for anew each time.
"""

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app

from dashboard.web.auth import public

FOLDER = Path(__file__).parents[2] / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
CACHING = {"static": FOR_GOOD, "static_plain": EACH_TIME}


def path() -> str:
    """Where `url_for("static", …)` points: /static/<version>."""
    return f"/static/{version()}"


def version() -> str:
    """Changes with every name and every byte in the folder."""
    digest = hashlib.sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def bind(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", "static_plain", plain)


@public
def plain(filename: str) -> Response:
    return current_app.send_static_file(filename)
