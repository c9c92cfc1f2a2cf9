"""Schedules: the list, the agenda, one of them, their form; and calendar files in and out."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale, get_timezone

from dashboard.domain.recurrence import zones
from dashboard.errors import Conflict, InvalidInput, Problem, Text, text
from dashboard.services.readmodels_schedules import ScheduleForm
from dashboard.services.schedules import changes, checking, exchange, looking
from dashboard.services.schedules.form import FIELDS
from dashboard.services.schedules.states import State
from dashboard.services.schedules.words import WEEKDAYS
from dashboard.services.stale import Stale
from dashboard.views import channel_form
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.filters import Badge, say
from dashboard.web.numbers import row_number

bp = Blueprint("schedules", __name__)

DAYS_AHEAD = (1, 7, 30)
_STATES = {
    State.PLANNED: (text("Planned"), "plain", "clock"),
    State.STARTING: (text("Trying to start"), "attention", "hourglass"),
    State.RUNNING: (text("Recording"), "on_air", "player-record"),
    State.DONE: (text("Recorded"), "plain", "circle-check"),
    State.EARLY: (text("Ended early"), "attention", "alert-triangle"),
    State.BROKE: (text("Broke off"), "fault", "alert-octagon"),
    State.REFUSED: (text("Not started"), "fault", "alert-octagon"),
    State.MISSED: (text("Missed"), "fault", "alert-octagon"),
    State.SKIPPED: (text("Left out"), "plain", "ban"),
}
_LABELS = {
    "title": text("Name"), "channel_id": text("Channel"), "zone": text("Time zone"),
    "repeats": text("Repeats"), "takes_over": text("Started by hand"),
    "date": text("First day"), "time": text("Start"), "until": text("End"),
    "length_min": text("Length"), "interval": text("Every"), "rule": text("Rule"),
    "last_date": text("Last day"), "except_dates": text("Except on"),
    "lead_min": text("Check before"), "grace_min": text("Start late by at most"),
}  # fmt: skip


@bp.get("/schedules")
@require("view")
def index() -> Response:
    return _page("schedules/index.html", screen=looking.listed(actor()))


@bp.get("/schedules/rows")
@require("view")
def rows() -> Response:
    if request.args.get("seen") == looking.digest(actor(), "list"):
        return htmx.unchanged()
    return htmx.fragment("schedules/_rows.html", screen=looking.listed(actor()), **_tools())


@bp.get("/schedules/agenda")
@require("view")
def agenda() -> Response:
    return _page("schedules/agenda.html", screen=looking.agenda(_days(), actor()))


@bp.get("/schedules/agenda/rows")
@require("view")
def agenda_rows() -> Response:
    if request.args.get("seen") == looking.digest(actor(), "agenda", _days()):
        return htmx.unchanged()
    found = looking.agenda(_days(), actor())
    return htmx.fragment("schedules/_agenda.html", screen=found, **_tools())


@bp.get("/schedules/<int:id>")
@require("view")
def show(id: int) -> Response:
    return _page("schedules/show.html", screen=looking.screen(id, actor()))


@bp.get("/schedules/<int:id>/rows")
@require("view")
def one_rows(id: int) -> Response:
    if request.args.get("seen") == looking.digest(actor(), "one", id):
        return htmx.unchanged()
    return htmx.fragment("schedules/_show.html", screen=looking.screen(id, actor()), **_tools())


@bp.route("/schedules/new", methods=["GET", "POST"])
@require("operate")
def new() -> Response | tuple[Response, int]:
    if request.method == "GET":
        return _form(looking.new_form(_reader_zone(), request.args.get("channel", "")))
    values = posted()
    try:
        id = changes.create(values, actor())
    except InvalidInput as fault:
        return _form(ScheduleForm(values), fault), 422
    return _saved(id, values["title"])


@bp.route("/schedules/<int:id>/edit", methods=["GET", "POST"])
@require("operate")
def edit(id: int) -> Response | tuple[Response, int]:
    if request.method == "GET":
        return _form(looking.form_of(id))
    values = posted()
    try:
        changes.edit(id, values, actor())
    except (InvalidInput, Conflict) as fault:
        if isinstance(fault, Stale):  # who was told of the other's change may save over it
            values["seen"] = looking.form_of(id).values["seen"]
        return _form(ScheduleForm(values, id), fault), fault.status
    return _saved(id, values["title"])


@bp.post("/schedules/preview")
@require("operate")
def preview() -> Response | tuple[Response, int]:
    """The next ten times of what is in the form. Keeps nothing."""
    values, id = posted(), request.args.get("id", type=row_number)
    fault, found = None, ()
    try:
        found = looking.preview(values, id)
    except InvalidInput as refused:
        fault = refused
    if request.htmx:
        return htmx.fragment(
            "schedules/_preview.html", preview=found, zone=values["zone"],
            preview_problems=channel_form.problems(fault), **_tools(),
        )  # fmt: skip
    return _form(ScheduleForm(values, id), fault, found), 422 if fault else 200


@bp.post("/schedules/<int:id>/on")
@require("operate")
def turn_on(id: int) -> Response:
    changes.set_enabled(id, True, actor())
    return _after(id, text("The schedule is on."))


@bp.post("/schedules/<int:id>/off")
@require("operate")
def turn_off(id: int) -> Response:
    changes.set_enabled(id, False, actor())
    return _after(id, text("The schedule is off. What runs is still ended as planned."))


@bp.post("/schedules/<int:id>/remove")
@require("operate")
def remove(id: int) -> Response:
    changes.remove(id, actor())
    htmx.toast("done", text("The schedule is removed. Its recordings are kept."))
    return htmx.go(url_for("schedules.index"))


@bp.post("/schedules/<int:id>/skip/<key>")
@require("operate")
def skip(id: int, key: str) -> Response:
    changes.skip(id, key, actor())
    return _after(id, text("This time is left out."))


@bp.post("/schedules/<int:id>/take-back/<key>")
@require("operate")
def take_back(id: int, key: str) -> Response:
    changes.skip(id, key, actor(), skipped=False)
    return _after(id, text("This time is recorded again."))


@bp.post("/schedules/<int:id>/check")
@require("operate")
def check(id: int) -> Response:
    if checking.check_next(id, actor()):
        return _after(id, text("The next time is checked."))
    words = text("Its next time is more than a day away. It is checked before its start.")
    return _after(id, words)


# ---------------------------------------------------------------- calendar files


@bp.route("/schedules/import", methods=["GET", "POST"])
@require("operate")
def bring_in() -> Response | tuple[Response, int]:
    if request.method == "GET":
        return _import({"zone": _reader_zone()})
    file, zone = request.files.get("file"), request.form.get("zone", "")
    channel_id = request.form.get("channel_id", type=row_number)
    try:
        if zone not in zones():
            raise InvalidInput([Problem("zone", text("There is no such time zone."))])
        done = exchange.bring_in(file.read() if file else b"", zone, channel_id, actor())
    except InvalidInput as fault:
        return _import(request.form, fault), 422
    return _import(request.form, done=done)


@bp.get("/schedules.ics")
@require("view")
def export() -> Response:
    return _calendar(exchange.written(), "schedules")


@bp.get("/schedules/<int:id>.ics")
@require("view")
def export_one(id: int) -> Response:
    return _calendar(exchange.written(id), f"schedule-{id}")


def _import(
    typed: Mapping[str, str],
    fault: InvalidInput | None = None,
    done: exchange.Imported | None = None,
) -> Response:
    return _page(
        "schedules/import.html", typed=typed, problems=channel_form.problems(fault), done=done,
        channels=looking.channel_choices(), zones=sorted(zones()),
    )  # fmt: skip


def _calendar(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


# ---------------------------------------------------------------- helpers


def posted() -> dict[str, str]:
    """The fields as typed; the days of the week as one."""
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    return values | {"days": ",".join(request.form.getlist("days"))}


def _saved(id: int, title: str) -> Response:
    found = looking.screen(id, actor())
    if found.clashes:
        htmx.toast("attention", text("Schedule %(name)s is saved, and clashes with another one.",
                                     name=title))  # fmt: skip
    else:
        htmx.toast("done", text("Schedule %(name)s is saved.", name=title))
    return htmx.go(url_for("schedules.show", id=id))


def _after(id: int, words: Text) -> Response:
    """Back to where the button was pressed: the list or the schedule."""
    htmx.toast("done", words)
    listed = request.form.get("from") == "list"
    return htmx.go(url_for("schedules.index") if listed else url_for("schedules.show", id=id))


def _form(
    form: ScheduleForm, fault: InvalidInput | Conflict | None = None, found: tuple = ()
) -> Response:
    if not found and fault is None:
        try:
            found = looking.preview(form.values, form.schedule_id)
        except InvalidInput:
            found = ()
    return _page(
        "schedules/form.html", form=form, values=form.values, preview=found,
        zone=form.values["zone"], problems=channel_form.problems(fault), preview_problems={},
        channels=looking.channel_choices(), zones=sorted(zones()), weekdays=WEEKDAYS,
        labels=_LABELS,
    )  # fmt: skip


def _page(template: str, **context: object) -> Response:
    return Response(render_template(template, **context, **_tools()))


def _tools() -> dict[str, object]:
    return {
        "wall": wall, "wall_day": wall_day, "wall_time": wall_time,
        "moment_badge": moment_badge, "reader_zone": _reader_zone(), "days_ahead": DAYS_AHEAD,
    }  # fmt: skip


def moment_badge(state: State) -> Badge:
    words, kind, icon = _STATES[state]
    return Badge(say(words), kind, icon)


def wall(at: datetime, zone: str) -> str:
    """Day and time as a clock in a zone shows them."""
    return f"{wall_day(at, zone)}, {wall_time(at, zone)}"


def wall_day(at: datetime, zone: str) -> str:
    """Mon 23 Nov 2026."""
    style = "EEE d MMM y" if get_locale().language == "en" else "y年M月d日 EEE"
    return format_date(at.astimezone(ZoneInfo(zone)).date(), style, locale=get_locale())


def wall_time(at: datetime, zone: str) -> str:
    return format_time(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=get_locale())


def _reader_zone() -> str:
    """The browser's, UTC until it has told."""
    return str(get_timezone())


def _days() -> int:
    asked = request.args.get("days", type=row_number)
    return asked if asked in DAYS_AHEAD else 7
