"""What surrounds every screen: where one can go, how many are on air, what is wrong."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext

from dashboard.services import queries
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
    return {"shell": status_of_shell, "rail": rail, "rail_key": rail_key}


def status_of_shell():
    """A ShellStatus, read once a request; None for people who are not signed in."""
    person = actor()
    if person is None:
        return None
    if "shell_status" not in g:
        g.shell_status = queries.shell(person)
    return g.shell_status


def rail_key(name: str) -> str:
    """The letter that goes there after `g`; two places begin with a p."""
    return {"profiles": "f"}.get(name, name[0])


def rail() -> list[tuple[str, str, str, str]]:
    """(name, endpoint, icon, words) of the places this person may go to."""
    person = actor()
    if person is None:
        return []
    places = [
        ("channels", "channels.index", "broadcast", gettext("Channels")),
        ("recordings", "recordings.index", "movie", gettext("Recordings")),
        ("layouts", "layouts.index", "layout-grid", gettext("Layouts")),
        ("profiles", "profiles.index", "template", gettext("Profiles")),
        ("accounts", "accounts.index", "server", gettext("Accounts")),
        ("people", "people.index", "users", gettext("People")),
    ]
    views = current_app.view_functions
    return [place for place in places if person.may(views[place[1]].needs)]
