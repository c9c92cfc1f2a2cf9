"""Accounts with vendors, for administrators: add, try out, change, disable."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, Text, text
from dashboard.services import account_changes, account_form
from dashboard.services.reading import account_screens
from dashboard.services.reading.account_screens import AccountForm
from dashboard.services.stale import SEEN, Stale
from dashboard.views.channel_form import seen_now
from dashboard.views.secrets_typed import restored
from dashboard.web import htmx
from dashboard.web.auth import actor, require

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

SECRETS = ("callback_secret",)
"""Never shown again, nor sent back after a refusal; the vendor's hidden keys neither."""


@bp.get("")
@require("administer")
def index() -> str:
    return render_template(
        "accounts/index.html",
        rows=account_screens.account_lines(),
        vendors=account_form.vendors(),
    )


@bp.get("/new")
@require("administer")
def new() -> str:
    return _page(account_screens.new_account(_vendor()))


@bp.post("/new")
@require("administer")
def create():
    vendor = _vendor()
    try:
        account_id = account_changes.create(vendor, restored(), actor())
    except InvalidInput as fault:
        return _refused(account_screens.new_account(vendor), fault)
    htmx.toast("done", text("The account is added. Test it now."))
    return htmx.go(url_for("accounts.edit", id=account_id))


@bp.get("/<int:id>")
@require("administer")
def edit(id: int) -> str:
    return _page(account_screens.account(id))


@bp.post("/<int:id>")
@require("administer")
def save(id: int):
    try:
        account_changes.edit(id, restored(), actor())
    except (InvalidInput, Conflict) as fault:
        return _refused(account_screens.account(id), fault)
    htmx.toast("done", text("The account is saved."))
    return htmx.go(url_for("accounts.edit", id=id))


@bp.post("/<int:id>/test")
@require("administer")
def test(id: int):
    """The one button of these screens that asks the vendor."""
    steps = account_changes.try_out(id, actor())
    if request.htmx:
        return htmx.fragment("accounts/_try.html", form=account_screens.account(id), steps=steps)
    return _page(account_screens.account(id), steps=steps)


@bp.post("/<int:id>/secrets")
@require("administer")
def add_secret(id: int):
    try:
        account_changes.add_secret(id, request.form, actor())
    except (InvalidInput, Conflict) as fault:
        return _page(account_screens.account(id), _problems(fault)), fault.status
    htmx.toast("done", text("The new secret is good from now on. The one before it is, too."))
    return htmx.go(url_for("accounts.edit", id=id, _anchor="callbacks"))


@bp.post("/<int:id>/secrets/retire")
@require("administer")
def retire_secret(id: int):
    account_changes.retire_secret(id, actor())
    htmx.toast("done", text("The older secret is good no longer."))
    return htmx.go(url_for("accounts.edit", id=id, _anchor="callbacks"))


@bp.post("/<int:id>/secrets/back")
@require("administer")
def take_back_secret(id: int):
    account_changes.take_back_secret(id, actor())
    htmx.toast("done", text("The newest secret is taken back. The one before it is still good."))
    return htmx.go(url_for("accounts.edit", id=id, _anchor="callbacks"))


@bp.post("/<int:id>/disable")
@require("administer")
def disable(id: int):
    try:
        account_changes.disable(id, actor())
    except Conflict as fault:
        htmx.toast("attention", fault.message, link=_link(fault.recording_id))
        return htmx.go(url_for("accounts.edit", id=id))
    htmx.toast("done", text("The account is disabled. Its recordings are kept."))
    return htmx.go(url_for("accounts.index"))


@bp.post("/<int:id>/enable")
@require("administer")
def enable(id: int):
    account_changes.enable(id, actor())
    htmx.toast("done", text("The account is enabled again."))
    return htmx.go(url_for("accounts.edit", id=id))


def _vendor() -> str:
    """Raises InvalidInput for one that is not there."""
    vendor = request.values.get("vendor", "")
    account_form.abilities(vendor)
    return vendor


def _refused(form: AccountForm, fault: InvalidInput | Conflict) -> tuple[str, int]:
    """What was typed stays, secrets excepted."""
    hidden = {*SECRETS, *(key.field for key in form.keys if key.hidden)}
    typed = {name: value for name, value in request.form.items() if name not in hidden}
    unticked = {key.field: "" for key in form.keys if key.switch}
    values = {**form.values, "studio": "", **unticked, **typed}
    kept = seen_now(replace(form, values=values), fault, request.form.get(SEEN, ""))
    return _page(kept, _problems(fault)), fault.status


def _problems(fault: InvalidInput | Conflict) -> Mapping[str, list[Text]]:
    if isinstance(fault, InvalidInput | Stale):
        return fault.by_field()
    return {"": [fault.message]}


def _page(form: AccountForm, problems: Mapping | None = None, steps: tuple = ()) -> str:
    return render_template(
        "accounts/form.html",
        form=form,
        values=form.values,
        problems=problems or {},
        steps=steps,
    )


def _link(recording_id: int | None) -> tuple[str, Text] | None:
    return recording_id and (url_for("recordings.show", id=recording_id), text("Open it"))
