"""Recordings: the list, and the page of one with its picture, feed, files and player."""

from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import Conflict, NotFound, text
from dashboard.services import media, queries
from dashboard.services import recordings as service
from dashboard.services.reading.timeline import FILTERS
from dashboard.services.readmodels import RecordingFilters, RecordingScreen, TimelineFilter
from dashboard.views import recording_page
from dashboard.views.channels import row_or_page
from dashboard.views.drawings import draw
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

bp = Blueprint("recordings", __name__)

SORTS = ("started", "channel", "state", "duration")


@bp.get("/recordings")
@require("view")
def index() -> Response:
    return htmx.page_or_fragment(
        "recordings/index.html", "recordings/_rows.html", **_list(_filters())
    )


@bp.get("/recordings/rows")
@require("view")
def rows() -> Response:
    filters = _filters()
    if request.args.get("seen") == queries.recordings_digest(filters):
        return htmx.unchanged()
    return htmx.fragment("recordings/_rows.html", **_list(filters))


@bp.get("/recordings/<int:id>")
@require("view")
def show(id: int) -> str:
    return render_template("recordings/show.html", **_page(id))


@bp.get("/recordings/<int:id>/live")
@require("view")
def live(id: int) -> Response:
    if request.args.get("seen") == queries.recording_digest(id):
        return htmx.unchanged()
    return htmx.fragment("recordings/_live.html", **_page(id))


@bp.get("/recordings/<int:id>/player")
@require("view")
def player(id: int) -> Response:
    """The player with a fresh address, for one whose address has run out."""
    page = _page(id)
    if not page["playlist_address"]:
        raise NotFound(text("This recording has nothing to play."))
    return htmx.fragment("recordings/_player.html", rec=page["screen"], **page)


@bp.get("/recordings/<int:id>/preview.jpg")
@require("view")
def preview(id: int) -> Response:
    """The picture being recorded. An address with its version may be kept by the browser."""
    picture = queries.preview(id)
    if picture is None:
        raise NotFound(text("There is no picture of this recording now."))
    jpeg, version = picture
    answer = make_response(jpeg)
    answer.mimetype = "image/jpeg"
    same = request.args.get("v") == str(version)
    answer.headers["Cache-Control"] = "private, max-age=600, immutable" if same else "no-store"
    return answer


@bp.get("/recordings/<int:id>/download/<path:name>")
@require("view")
def download(id: int, name: str) -> Response:
    """On to a file's own address, which is signed for this person and expires."""
    return redirect(media.address_for(id, name, actor()))


@bp.get("/recordings/<int:id>/callbacks/<int:delivery_id>")
@require("view")
def delivery(id: int, delivery_id: int) -> Response:
    return htmx.page_or_fragment(
        "recordings/delivery.html",
        "recordings/_delivery.html",
        delivery=queries.delivery(delivery_id),
        recording_id=id,
    )


@bp.post("/recordings/<int:id>/stop")
@require("operate")
def stop(id: int) -> Response:
    try:
        service.stop(id, actor())
        htmx.toast("done", text("The recording is stopping."))
    except Conflict as fault:
        htmx.toast("attention", fault.message)
    if request.form.get("shown") == "row" and request.htmx:
        return row_or_page(queries.recording(id).channel_id, id)
    return _live_or_page(id)


@bp.post("/recordings/<int:id>/query")
@require("operate")
def query_now(id: int) -> Response:
    service.query_now(id, actor())
    htmx.toast("done", text("The vendor has answered."))
    return _live_or_page(id)


def _live_or_page(id: int) -> Response:
    if not request.htmx:
        return htmx.go(url_for("recordings.show", id=id))
    return htmx.fragment("recordings/_live.html", **_page(id))


def _page(id: int) -> dict[str, object]:
    screen = queries.recording(id)
    everything = request.args.get("all") == "1"
    shown = _shown()
    most = None if everything else recording_page.TIMELINE_LINES
    timeline = queries.timeline(id, screen.events, shown, most)
    page = recording_page.parts(screen, timeline, everything)
    return {
        "screen": screen,
        "timeline": timeline,
        "page": page,
        "drawing": draw(screen.layout, screen.canvas, page.people, screen.subscription),
        "truth": queries.truth(id),
        "playlist_address": _playlist_address(screen),
        "everything": everything,
    }


def _shown() -> TimelineFilter:
    """Of the timeline; a press leaves it as it is in the page's own address."""
    asked = request.args.get("show")
    if request.method == "POST" and request.htmx:
        address = urlsplit(request.htmx.current_url or "")
        asked = parse_qs(address.query).get("show", [None])[0]
    return asked if asked in FILTERS else "all"


def _playlist_address(screen: RecordingScreen) -> str | None:
    """None while it is being made: the player comes when nothing changes any more."""
    if screen.is_active or screen.playlist is None:
        return None
    return media.address_for(screen.id, screen.playlist, actor())


def _list(filters: RecordingFilters) -> dict[str, object]:
    return {
        "found": queries.recordings(filters),
        "channels": queries.channel_choices(),
        "states": tuple(RecordingState),
        "address": _address_of(filters),
        "draw": draw,
    }


def _filters() -> RecordingFilters:
    """What was asked for; what makes no sense is left out."""
    asked = request.args
    known = set(RecordingState)
    return RecordingFilters(
        search=asked.get("q", "").strip()[:100],
        states=tuple(RecordingState(s) for s in asked.getlist("state") if s in known),
        channel_id=asked.get("channel", type=row_number),
        sort=asked["sort"] if asked.get("sort") in SORTS else "started",
        direction="asc" if asked.get("direction") == "asc" else "desc",
        page=max(1, asked.get("page", default=1, type=int)),
    )


def _address_of(filters: RecordingFilters):
    """address(endpoint, **changes): this list with some of its filters changed; None drops one."""

    def address(endpoint: str = "recordings.index", **changes: object) -> str:
        values = {
            "q": filters.search or None,
            "state": [state.value for state in filters.states] or None,
            "channel": filters.channel_id,
            "sort": filters.sort if filters.sort != "started" else None,
            "direction": filters.direction if filters.direction != "desc" else None,
        }
        return url_for(endpoint, **(values | changes))

    return address
