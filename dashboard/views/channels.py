"""Channels: the list that keeps itself fresh, their forms, and Start."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, ProviderError, Text, text
from dashboard.services import channels as service
from dashboard.services import form_offers, preflight, queries, recordings
from dashboard.services.readmodels import ChannelFilters, ChannelForm
from dashboard.views import channel_form
from dashboard.views.drawings import draw
from dashboard.views.secrets_typed import restored
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.filters import say
from dashboard.web.numbers import row_number

bp = Blueprint("channels", __name__)


@bp.get("/channels")
@require("view")
def index() -> Response:
    screen = queries.channels(_filters(), actor())
    return htmx.page_or_fragment(
        "channels/index.html", "channels/_rows.html", screen=screen, **_tools()
    )


@bp.get("/channels/rows")
@require("view")
def rows() -> Response:
    filters = _filters()
    if request.args.get("seen") == queries.channels_digest(filters, actor()):
        return htmx.unchanged()
    screen = queries.channels(filters, actor())
    return htmx.fragment("channels/_rows.html", screen=screen, **_tools())


@bp.route("/channels/new", methods=["GET", "POST"])
@require("operate")
def new() -> Response | str:
    if request.method == "GET":
        return _form(queries.new_channel_form())
    values = channel_form.posted(restored())
    try:
        service.create(values, actor())
    except InvalidInput as fault:
        return _form(ChannelForm(values), fault), 422
    htmx.toast("done", text("Channel %(name)s is ready.", name=values["name"]))
    return htmx.go(url_for("channels.index"))


@bp.route("/channels/<int:id>/edit", methods=["GET", "POST"])
@require("operate")
def edit(id: int) -> Response | str:
    form = queries.channel_form(id)
    if request.method == "GET":
        return _form(form)
    values = channel_form.posted(restored())
    try:
        service.edit(id, values, actor())
    except (InvalidInput, Conflict) as fault:
        form = replace(queries.channel_form(id), values=values)  # as it is by now
        kept = channel_form.seen_now(form, fault, values["seen"])
        return _form(kept, fault), fault.status
    htmx.toast("done", text("Channel %(name)s is saved.", name=values["name"]))
    return htmx.go(url_for("channels.index"))


@bp.post("/channels/form")
@require("operate")
def refresh() -> Response:
    """The form as it is, with what another account or profile offers. Keeps nothing."""
    id = request.args.get("id", type=row_number)
    known = queries.channel_form(id) if id else ChannelForm({})
    values = channel_form.posted(restored())
    values = form_offers.refreshed(values, request.form.get("profile_was", ""))
    form = replace(known, values=values, seen=values["seen"])
    return htmx.page_or_fragment("channels/form.html", "channels/_form.html", **_parts(form))


@bp.get("/channels/bitrate")
@require("operate")
def bitrate() -> Response:
    """The advice beside the bitrate, for the size and frame rate in the form."""
    advice = channel_form.advise_for(channel_form.posted(request.args))
    return htmx.fragment("channels/_bitrate.html", advice=advice)


@bp.post("/channels/<int:id>/archive")
@require("operate")
def archive(id: int) -> Response:
    try:
        service.archive(id, actor())
    except Conflict as fault:
        return _refused(fault)
    htmx.toast("done", text("The channel is archived. Its recordings are kept."))
    return htmx.go(url_for("channels.index"))


@bp.post("/channels/<int:id>/unarchive")
@require("operate")
def unarchive(id: int) -> Response:
    try:
        service.unarchive(id, actor())
    except Conflict as fault:
        return _refused(fault)
    htmx.toast("done", text("The channel is back in the list."))
    return htmx.go(url_for("channels.index"))


@bp.post("/channels/<int:id>/start")
@require("operate")
def start(id: int) -> Response:
    key = request.form.get("key") or secrets.token_urlsafe(16)
    try:
        recording_id = recordings.start(id, key, actor())
    except (Conflict, ProviderError) as fault:
        return _not_started(id, fault)
    htmx.toast("done", text("The recording is starting."))
    return row_or_page(id, recording_id)


@bp.route("/channels/<int:id>/check", methods=["GET", "POST"])
@require("operate")
def check(id: int) -> Response:
    """GET: what is known here. POST: the vendor and the storage are asked, too."""
    run = preflight.check if request.method == "POST" else preflight.look
    row = queries.channel_row(id, actor())
    return htmx.page_or_fragment(
        "channels/check.html", "channels/_findings.html", report=run(id, actor()), row=row,
        **_tools(),
    )  # fmt: skip


def _not_started(id: int, fault: Conflict | ProviderError) -> Response:
    """The row tells how things stand; the toast tells why, and leads to what is in the way."""
    recording_id = getattr(fault, "recording_id", None)
    if not request.htmx and recording_id is None:
        raise fault
    check = (url_for("channels.check", id=id), text("Check"))
    if isinstance(fault, Conflict):
        link = _link(recording_id) or check
        htmx.toast("attention", fault.message, _started_by(recording_id), link)
    else:
        htmx.toast("fault", fault.message, _vendor_words(fault), check)
    return row_or_page(id, recording_id)


def _started_by(recording_id: int | None) -> Text | str:
    who = queries.recording(recording_id).started_by if recording_id else None
    return text("Started by %(who)s.", who=who) if who else ""


def _vendor_words(fault: ProviderError) -> str:
    """What to do about it, and what the vendor calls it."""
    code = " · ".join(str(part) for part in (fault.vendor_code, fault.vendor_text) if part)
    return " ".join(part for part in (say(fault.remedy) if fault.remedy else "", code) if part)


def row_or_page(id: int, recording_id: int | None) -> Response:
    """The channel's row for htmx; for a plain form, the recording's own page."""
    if not request.htmx:
        return htmx.go(url_for("recordings.show", id=recording_id))
    return htmx.fragment("channels/_row.html", row=queries.channel_row(id, actor()), **_tools())


def _refused(fault: Conflict) -> Response:
    """Back to the list, with what is in the way."""
    htmx.toast("attention", fault.message, link=_link(fault.recording_id))
    return htmx.go(url_for("channels.index"))


def _link(recording_id: int | None) -> tuple[str, Text] | None:
    return recording_id and (url_for("recordings.show", id=recording_id), text("Open it"))


def _form(form: ChannelForm, fault: InvalidInput | Conflict | None = None) -> str:
    return render_template("channels/form.html", **_parts(form, fault))


def _parts(form: ChannelForm, fault: InvalidInput | Conflict | None = None) -> dict[str, object]:
    offers = form_offers.for_channel(form.values, form.channel_id)
    return {
        "form": form,
        "problems": channel_form.problems(fault),
        "accounts": queries.account_choices(),
        **channel_form.tools(form.values, offers),
    }


def _filters() -> ChannelFilters:
    asked = request.args
    return ChannelFilters(
        archived=asked.get("archived") == "1", search=asked.get("q", "").strip()[:100]
    )


def _tools() -> Mapping[str, object]:
    """What the rows need beside their data: the drawing, and a key per Start button."""
    return {"draw": draw, "new_key": lambda: secrets.token_urlsafe(16)}
