"""Recording profiles: list, form, copy, put away."""

from flask import Blueprint, Response, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, text
from dashboard.services import form_offers
from dashboard.services import profile_exchange as exchange
from dashboard.services import profiles as service
from dashboard.services.readmodels_profiles import ProfileForm
from dashboard.views import channel_form
from dashboard.views.secrets_typed import restored
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

bp = Blueprint("profiles", __name__)


@bp.get("/profiles")
@require("view")
def index() -> str:
    archived = request.args.get("archived") == "1"
    return render_template(
        "profiles/index.html", rows=service.rows(archived=archived), archived=archived
    )


@bp.route("/profiles/new", methods=["GET", "POST"])
@require("operate")
def new() -> Response | str:
    if request.method == "GET":
        return _form(service.new_form(request.args.get("vendor")))
    values = channel_form.posted(restored(), channel_form.PROFILE_FIELDS)
    try:
        service.create(values, actor())
    except InvalidInput as fault:
        return _form(ProfileForm(values), fault), 422
    return _done(text("Profile %(name)s is ready.", name=values["name"]))


@bp.route("/profiles/<int:id>", methods=["GET", "POST"])
@require("operate")
def edit(id: int) -> Response | str:
    form = service.form(id)
    if request.method == "GET":
        return _form(form)
    values = channel_form.posted(restored(), channel_form.PROFILE_FIELDS)
    values["vendor"] = form.values["vendor"]
    try:
        service.edit(id, values, actor())
    except (InvalidInput, Conflict) as fault:
        form = service.form(id)  # as it is by now
        kept = ProfileForm(values, id, form.archived, form.seen, form.channels)
        return _form(channel_form.seen_now(kept, fault, values["seen"]), fault), fault.status
    return _done(text("Profile %(name)s is saved. It holds from the next start on.",
                      name=values["name"]))  # fmt: skip


@bp.post("/profiles/form")
@require("operate")
def refresh() -> Response:
    """The form as it is, with what another vendor or mode offers. Keeps nothing."""
    values = channel_form.posted(restored(), channel_form.PROFILE_FIELDS)
    id = request.args.get("id", type=row_number)
    form = service.form(id) if id else service.new_form(values["vendor"])
    values["vendor"] = form.values["vendor"]
    shown = ProfileForm(
        form_offers.refreshed_profile(values), form.profile_id, form.archived, values["seen"],
        form.channels,
    )  # fmt: skip
    return htmx.page_or_fragment("profiles/form.html", "profiles/_form.html", **_parts(shown))


@bp.post("/profiles/<int:id>/duplicate")
@require("operate")
def duplicate(id: int) -> Response:
    copy = service.duplicate(id, actor())
    htmx.toast("done", text("The profile is duplicated."))
    return htmx.go(url_for("profiles.edit", id=copy))


@bp.post("/profiles/<int:id>/archive")
@require("operate")
def archive(id: int) -> Response:
    service.archive(id, actor())
    return _done(text("The profile is put away. Channels that follow it stay as they are."))


@bp.post("/profiles/<int:id>/unarchive")
@require("operate")
def unarchive(id: int) -> Response:
    service.unarchive(id, actor())
    return _done(text("The profile is offered again."))


@bp.get("/profiles/<int:id>/request")
@require("operate")
def sent(id: int) -> str:
    """What the vendor is sent."""
    found = exchange.sent_by_profile(id, actor())
    return render_template("profiles/sent.html", sent=found, back=url_for("profiles.edit", id=id))


@bp.route("/profiles/import", methods=["GET", "POST"])
@require("operate")
def bring_in() -> Response | str:
    form = request.form
    if request.method == "GET":
        return _import({}, None)
    try:
        taken = exchange.into_profile(
            form.get("request", ""), form.get("name", ""), form.get("vendor", ""), actor()
        )
    except InvalidInput as fault:
        return _import(form, fault), 422
    tell_taken(taken.left_out)
    if taken.storage:
        htmx.toast("attention", text("Its storage %(name)s is none of ours and was not taken over. "
                                     "Choose one.", name=taken.storage))  # fmt: skip
    return htmx.go(url_for("profiles.edit", id=taken.profile_id))


@bp.route("/channels/<int:id>/request", methods=["GET", "POST"])
@require("operate")
def channel_request(id: int) -> Response | str:
    """What the vendor is sent for a channel; a POST takes over what somebody sends elsewhere."""
    fault = None
    if request.method == "POST":
        try:
            left_out = exchange.into_channel(id, request.form.get("request", ""), actor())
        except InvalidInput as refused:
            fault = refused
        else:
            tell_taken(left_out)
            return htmx.go(url_for("channels.edit", id=id))
    page = render_template(
        "profiles/sent.html", sent=exchange.sent_by_channel(id, actor()),
        back=url_for("channels.edit", id=id), takes=url_for("profiles.channel_request", id=id),
        typed=request.form, problems=channel_form.problems(fault),
    )  # fmt: skip
    return (page, 422) if fault else page


def tell_taken(left_out: tuple[str, ...]) -> None:
    if left_out:
        htmx.toast("attention", text("Taken over, but for: %(names)s.", names=", ".join(left_out)))
    else:
        htmx.toast("done", text("The request is taken over."))


def _import(typed, fault: InvalidInput | None) -> str:
    return render_template(
        "profiles/import.html", typed=typed, problems=channel_form.problems(fault),
        vendors=service.vendors(),
    )  # fmt: skip


def _done(words) -> Response:
    htmx.toast("done", words)
    return htmx.go(url_for("profiles.index"))


def _form(form: ProfileForm, fault: InvalidInput | Conflict | None = None) -> str:
    return render_template("profiles/form.html", **_parts(form, fault))


def _parts(form: ProfileForm, fault: InvalidInput | Conflict | None = None) -> dict[str, object]:
    offers = form_offers.for_profile(form.values, form.profile_id)
    return {
        "form": form,
        "problems": channel_form.problems(fault),
        "vendors": service.vendors(),
        **channel_form.tools(form.values, offers),
    }
