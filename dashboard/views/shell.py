"""What surrounds every screen: where one can go, how many are on air, what is wrong."""

from typing import NamedTuple

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext, pgettext

from dashboard.services import queries
from dashboard.services.readmodels import Actor
from dashboard.web.auth import actor, require
from dashboard.web.htmx import fragment, unchanged

bp = Blueprint("shell", __name__)


@bp.get("/")
@require("view")
def home():
    return redirect(url_for("channels.index"))


@bp.get("/shell")
@require("view")
def status():
    """The rail's foot; the top bar's signals come along out of band."""
    found = status_of_shell()
    if request.args.get("seen") == found.digest:
        return unchanged()
    signals = render_template("_shell_signals.html", house=found, out_of_band=True)
    answer = fragment("_shell_status.html", house=found)
    answer.set_data(answer.get_data(as_text=True) + signals)
    return answer


@bp.app_context_processor
def helpers() -> dict[str, object]:
    return {"shell": status_of_shell, "rail": rail}


def status_of_shell():
    """A ShellStatus, read once a request; None for people who are not signed in."""
    person = actor()
    if person is None:
        return None
    if "shell_status" not in g:
        g.shell_status = queries.shell(person)
    return g.shell_status


class Place(NamedTuple):
    """Somewhere to go. key: the letter that goes there after `g`."""

    name: str
    endpoint: str
    icon: str
    words: str
    key: str


class Group(NamedTuple):
    """Places that belong together. name: its words begin the list."""

    name: str
    words: str
    places: list[Place]


def rail() -> list[Group]:
    """Where this person may go. A phone shows the first group, and the others behind "More"."""
    person = actor()
    if person is None:
        return []
    watch = [
        Place("live", "live.index", "layout-dashboard", pgettext("the wall", "Live"), "w"),
        Place("channels", "channels.index", "broadcast", gettext("Channels"), "c"),
        Place("recordings", "recordings.index", "movie", gettext("Recordings"), "r"),
        Place("alerts", "alerts.index", "bell", gettext("Alerts"), "t"),
        Place("ledger", "ledger.index", "webhook", gettext("Callbacks"), "b"),
    ]
    prepare = [
        Place("layouts", "layouts.index", "layout-grid", gettext("Layouts"), "l"),
        Place("schedules", "schedules.index", "calendar-event", gettext("Schedules"), "s"),
        Place("profiles", "profiles.index", "template", gettext("Profiles"), "f"),
    ]
    manage = [
        Place("accounts", "accounts.index", "server", gettext("Accounts"), "a"),
        Place("people", "people.index", "users", gettext("People"), "p"),
        Place("audit", "audit.index", "history", gettext("Audit trail"), "u"),
    ]
    groups = [
        Group("watch", gettext("Watch"), watch),
        Group("prepare", gettext("Prepare"), prepare),
        Group("manage", gettext("Manage"), manage),
    ]
    return [_open(group, person) for group in groups if _open(group, person).places]


def _open(group: Group, person: Actor) -> Group:
    views = current_app.view_functions
    return group._replace(places=[p for p in group.places if person.may(views[p.endpoint].needs)])
