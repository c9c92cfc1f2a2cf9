"""The live wall: what is being recorded now, for a desk and for a screen on the wall."""

import secrets

from flask import Blueprint, Response, request, url_for

from dashboard.domain.lifecycle import ACTIVE, RecordingState
from dashboard.errors import Conflict, ProviderError, text
from dashboard.services import recordings, sessions, wall
from dashboard.services.reading import wall as reading
from dashboard.services.reading.wall import WallFilters
from dashboard.views.drawings import draw
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

bp = Blueprint("live", __name__, url_prefix="/live")

STATES = (*ACTIVE, RecordingState.FAILED, RecordingState.LOST)
IN_SIGHT = 12
"""So many cards share one screen without scrolling; a wall screen squeezes in more."""
COLUMNS = (
    (1, 1), (4, 2), (9, 3), (12, 4), (15, 5), (16, 4), (20, 5), (24, 6), (25, 5), (30, 6),
    (36, 6), (42, 7), (49, 7), (56, 8), (64, 8),
)  # fmt: skip
"""(up to so many cards, side by side): cards a little wider than high, few places empty."""


@bp.get("")
@require("view")
def index() -> Response:
    page = "live/kiosk.html" if _kiosk() else "live/index.html"
    return htmx.page_or_fragment(page, "live/_wall.html", **_parts())


@bp.get("/cards")
@require("view")
def cards() -> Response:
    """The one poll of the wall. have: marks of the cards that are shown; these are left out."""
    seen = request.args.get("seen", "")
    if _kiosk():
        sessions.prolong(actor())
    if reading.wall_unchanged(_filters(), actor(), seen):
        return htmx.unchanged()
    parts = _parts() | {"have": frozenset(request.args.get("have", "").split("_"))}
    if parts["wall"].digest.partition("-")[2] == seen.partition("-")[2]:
        return htmx.unchanged()
    return htmx.fragment("live/_wall.html", **parts)


@bp.post("/<int:id>/stop")
@require("operate")
def stop(id: int) -> Response:
    try:
        recordings.stop(id, actor())
        htmx.toast("done", text("The recording is stopping."))
    except Conflict as fault:
        htmx.toast("attention", fault.message)
    return _back()


@bp.post("/start/<int:channel_id>")
@require("operate")
def start(channel_id: int) -> Response:
    key = request.form.get("key") or secrets.token_urlsafe(16)
    try:
        recordings.start(channel_id, key, actor())
        htmx.toast("done", text("The recording is starting."))
    except (Conflict, ProviderError) as fault:
        htmx.toast("attention" if isinstance(fault, Conflict) else "fault", fault.message)
    return _back()


@bp.post("/<int:id>/seen")
@require("operate")
def acknowledge(id: int) -> Response:
    wall.acknowledge(id, actor())
    return _back()


def _back() -> Response:
    """The wall as it is now, with the filters it had."""
    if not request.htmx:
        return htmx.go(_address()("live.index"))
    return htmx.fragment("live/_wall.html", **_parts())


def _parts() -> dict[str, object]:
    found = reading.wall(_filters(), actor())
    return {
        "wall": found,
        "kiosk": _kiosk(),
        "columns": columns(len(found.cards), _kiosk()),
        "accounts": reading.accounts(),
        "states": STATES,
        "address": _address(),
        "draw": draw,
        "new_key": lambda: secrets.token_urlsafe(16),
    }


def columns(count: int, kiosk: bool = False) -> int:
    """How many cards stand side by side so that all are seen: 1 to 8; 0 where they scroll."""
    if not kiosk and count > IN_SIGHT:
        return 0
    return next((wide for most, wide in COLUMNS if count <= most), 0)


def _kiosk() -> bool:
    return request.args.get("kiosk") == "1"


def _filters() -> WallFilters:
    """What was asked for; what makes no sense is left out."""
    known = {state.value for state in STATES}
    return WallFilters(
        account_id=request.args.get("account", type=row_number),
        states=tuple(RecordingState(s) for s in request.args.getlist("state") if s in known),
    )


def _address():
    """address(endpoint, **changes): this wall with something changed; None drops it."""
    asked = _filters()

    def address(endpoint: str = "live.index", **changes: object) -> str:
        values = {
            "account": asked.account_id,
            "state": [state.value for state in asked.states] or None,
            "kiosk": 1 if _kiosk() else None,
        }
        return url_for(endpoint, **(values | changes))

    return address
