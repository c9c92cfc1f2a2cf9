"""Who is recorded: the lists of a channel's next start, or of a recording that runs."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, ProviderError, text
from dashboard.services.readmodels_subscriptions import NotSure, SubscriptionConflict
from dashboard.services.subscriptions import drafts, editing, live
from dashboard.web import htmx
from dashboard.web.auth import actor, require

bp = Blueprint("subscriptions", __name__)

PAGE, PART = "subscriptions/editor.html", "subscriptions/_editor.html"
POLL_S = 3
Place = dict[str, int]


@bp.get("/channels/<int:id>/subscription")
@require("view")
def edit_channel(id: int) -> Response:
    return _answer({"channel_id": id})


@bp.get("/recordings/<int:id>/subscription")
@require("view")
def edit_recording(id: int) -> Response:
    return _answer({"recording_id": id})


@bp.post("/channels/<int:id>/subscription/draft")
@require("view")
def draft_channel(id: int) -> Response:
    """What a draft would do. Nothing is kept."""
    return _answer({"channel_id": id}, _form())


@bp.post("/recordings/<int:id>/subscription/draft")
@require("view")
def draft_recording(id: int) -> Response:
    return _answer({"recording_id": id}, _form())


@bp.post("/channels/<int:id>/subscription")
@require("operate")
def save_channel(id: int) -> Response:
    """For the channel's next start."""
    return _of_form({"channel_id": id}, editing.save_for_channel)


@bp.post("/recordings/<int:id>/subscription")
@require("operate")
def apply(id: int) -> Response:
    """From the recording's next picture and sound on."""
    return _of_form({"recording_id": id}, live.apply)


@bp.post("/channels/<int:id>/subscription/restore/<int:line_id>")
@require("operate")
def restore_channel(id: int, line_id: int) -> Response:
    sure = request.form.get("sure", "")
    act = lambda: editing.restore_for_channel(id, line_id, actor(), sure=sure)  # noqa: E731
    return _outcome({"channel_id": id}, act, restoring=line_id)


@bp.post("/recordings/<int:id>/subscription/restore/<int:line_id>")
@require("operate")
def restore(id: int, line_id: int) -> Response:
    sure = request.form.get("sure", "")
    act = lambda: live.restore(id, line_id, actor(), sure=sure)  # noqa: E731
    return _outcome({"recording_id": id}, act, restoring=line_id)


@bp.get("/channels/<int:id>/subscription/beat")
@require("view")
def beat_channel(id: int) -> Response:
    return _beat({"channel_id": id})


@bp.get("/recordings/<int:id>/subscription/beat")
@require("view")
def beat_recording(id: int) -> Response:
    return _beat({"recording_id": id})


# ---------------------------------------------------------------- what came of it


def _form() -> drafts.Form:
    return request.form.to_dict(flat=False)


def _of_form(place: Place, change: Callable) -> Response:
    form = _form()

    def act() -> object:
        draft, wanted = editing.read(form, **place)
        drafts.refuse(draft)
        return change(
            *place.values(),
            wanted,
            request.form.get("revision", -1, type=int),
            actor(),
            answer=draft.answer,
            sure=draft.sure,
            note=draft.note,
            overwrite=request.form.get("overwrite") == "1",
        )

    return _outcome(place, act, form)


def _outcome(
    place: Place,
    act: Callable[[], object],
    form: drafts.Form | None = None,
    restoring: int | None = None,
) -> Response:
    """Do it, and tell what came of it. The draft stays whatever went wrong."""
    try:
        act()
    except InvalidInput as fault:
        return _answer(place, form, 422, outcome="wrong", fault=fault)
    except NotSure as fault:
        return _answer(place, form, 409, outcome="asked", fault=fault, restoring=restoring)
    except SubscriptionConflict as fault:
        return _answer(place, form, 409, outcome="conflict", fault=fault)
    except ProviderError as fault:
        return _answer(place, form, 502, outcome="refused", fault=fault)
    except Conflict as fault:
        return _answer(place, form, 409, outcome="refused", fault=fault)
    done = text("It records these people now.") if "recording_id" in place else text(
        "These lists are saved for the next start."
    )  # fmt: skip
    htmx.toast("done", done)
    if not request.htmx:
        return htmx.go(_urls(place)["edit"])
    return _answer(place, outcome="applied")


def _answer(
    place: Place, form: drafts.Form | None = None, status: int = 200, **context: object
) -> Response:
    screen = editing.screen(**place, actor=actor(), form=form)
    context = {"outcome": "", "fault": None, "restoring": None, **context}
    base = request.form.get("revision", screen.now.revision, type=int) if form else None
    context |= {
        "screen": screen,
        "address": _urls(place),
        "poll_s": POLL_S,
        "base": screen.now.revision if base is None else base,
    }
    if not request.htmx or request.htmx.history_restore_request:
        return make_response(render_template(PAGE, **context), status)
    answer = htmx.fragment(PART, status, **context)
    answer.headers["HX-Retarget"] = "#subscription"
    answer.headers["HX-Reswap"] = "morph:outerHTML"
    if status >= 400:
        answer.headers["X-Fault"] = "1"  # said in the fragment, not in a toast as well
    return answer


def _beat(place: Place) -> Response:
    now, digest = editing.beat(**place, actor=actor())
    if request.args.get("seen") == digest:
        return htmx.unchanged()
    return htmx.fragment(
        "subscriptions/_beat.html", now=now, digest=digest, address=_urls(place), poll_s=POLL_S,
        base=request.args.get("base", now.revision, type=int),
    )  # fmt: skip


def _urls(place: Place) -> dict[str, str]:
    id_ = next(iter(place.values()))
    names = {
        "edit": "edit_recording", "apply": "apply", "draft": "draft_recording",
        "beat": "beat_recording",
    } if "recording_id" in place else {
        "edit": "edit_channel", "apply": "save_channel", "draft": "draft_channel",
        "beat": "beat_channel",
    }  # fmt: skip
    found = {name: url_for(f"subscriptions.{view}", id=id_) for name, view in names.items()}
    view = "restore" if "recording_id" in place else "restore_channel"
    found["restore"] = url_for(f"subscriptions.{view}", id=id_, line_id=0).removesuffix("0")
    return found
