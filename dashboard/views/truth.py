"""What a person can do about a recording that is not as it should be: look again, end it."""

from flask import Blueprint, Response, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, text
from dashboard.services import aftermath, marking, queries
from dashboard.web import htmx
from dashboard.web.auth import actor, require

bp = Blueprint("truth", __name__, url_prefix="/recordings/<int:id>")


@bp.post("/look")
@require("operate")
def look(id: int) -> Response:
    """Look into the storage again."""
    found = aftermath.look_now(id, actor())
    if found.fault is not None:
        htmx.toast("attention", found.fault, found.words)
    elif found.missing:
        htmx.toast("attention", text("Still missing: %(n)s files.", n=len(found.missing)))
    else:
        htmx.toast("done", text("Every file that was told of is there."))
    return _to_recording(id)


@bp.post("/stop-again")
@require("operate")
def stop_again(id: int) -> Response:
    try:
        aftermath.stop_after_end(id, actor())
        htmx.toast("done", text("The vendor is told to stop it."))
    except Conflict as fault:
        htmx.toast("attention", fault.message)
    return _to_recording(id)


@bp.get("/mark-ended")
@require("administer")
def ask_for_reason(id: int) -> str:
    return _form(id)


@bp.post("/mark-ended")
@require("administer")
def mark_ended(id: int):
    try:
        told = marking.mark_ended(id, request.form.get("reason", ""), actor())
    except InvalidInput as fault:
        return _form(id, request.form.get("reason", ""), fault.problems[0].what), 422
    except Conflict as fault:
        htmx.toast("attention", fault.message)
        return _to_recording(id)
    if told:
        htmx.toast("done", text("It is marked as ended. The vendor has taken the stop."))
    else:
        htmx.toast(
            "attention",
            text("It is marked as ended. The vendor has not taken the stop and may go on billing."),
        )
    return _to_recording(id)


def _form(id: int, reason: str = "", problem: object = None) -> str:
    return render_template(
        "recordings/mark.html", screen=queries.recording(id), reason=reason, problem=problem
    )


def _to_recording(id: int) -> Response:
    return htmx.go(url_for("recordings.show", id=id))
