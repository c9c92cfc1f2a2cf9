"""Where recordings go, for administrators: add, try out, change, disable."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, text
from dashboard.services import storage_changes, storage_form
from dashboard.services.account_form import VENDOR_NAMES
from dashboard.services.reading import account_screens
from dashboard.services.reading.account_screens import StorageForm
from dashboard.services.stale import SEEN, Stale
from dashboard.views.channel_form import seen_now
from dashboard.views.secrets_typed import restored
from dashboard.web import htmx
from dashboard.web.auth import actor, require

bp = Blueprint("storage", __name__, url_prefix="/storage")

SECRETS = frozenset({"secret_key", "sts_token"})


@bp.get("")
@require("administer")
def index() -> str:
    return render_template(
        "storage/index.html", rows=account_screens.storage_lines(), kinds=storage_form.kinds()
    )


@bp.get("/new")
@require("administer")
def new() -> str:
    return _page(account_screens.new_storage(request.args.get("kind", "")))


@bp.post("/new")
@require("administer")
def create():
    kind = request.values.get("kind", "")
    try:
        target_id = storage_changes.create(kind, restored(), actor())
    except InvalidInput as fault:
        return _refused(account_screens.new_storage(kind), fault)
    htmx.toast("done", text("The storage is added. Test it now."))
    return htmx.go(url_for("storage.edit", id=target_id))


@bp.get("/<int:id>")
@require("administer")
def edit(id: int) -> str:
    return _page(account_screens.storage(id))


@bp.post("/<int:id>")
@require("administer")
def save(id: int):
    try:
        storage_changes.edit(id, restored(), actor())
    except (InvalidInput, Stale) as fault:
        return _refused(account_screens.storage(id), fault)
    htmx.toast("done", text("The storage is saved."))
    return htmx.go(url_for("storage.edit", id=id))


@bp.post("/<int:id>/test")
@require("administer")
def test(id: int):
    """The one button of these screens that asks the store."""
    steps = storage_changes.try_out(id, actor())
    if request.htmx:
        return htmx.fragment("storage/_try.html", form=account_screens.storage(id), steps=steps)
    return _page(account_screens.storage(id), steps=steps)


@bp.post("/<int:id>/disable")
@require("administer")
def disable(id: int):
    try:
        storage_changes.disable(id, actor())
    except Conflict as fault:
        htmx.toast("attention", fault.message)
        return htmx.go(url_for("storage.edit", id=id))
    htmx.toast("done", text("The storage is disabled. What is there can still be played."))
    return htmx.go(url_for("storage.index"))


@bp.post("/<int:id>/enable")
@require("administer")
def enable(id: int):
    storage_changes.enable(id, actor())
    htmx.toast("done", text("The storage is enabled again."))
    return htmx.go(url_for("storage.edit", id=id))


def _refused(form: StorageForm, fault: InvalidInput | Stale) -> tuple[str, int]:
    """What was typed stays, secrets excepted."""
    typed = {name: value for name, value in request.form.items() if name not in SECRETS}
    form = replace(form, values={**form.values, **typed})
    kept = seen_now(form, fault, request.form.get(SEEN, ""))
    return _page(kept, fault.by_field()), fault.status


def _page(form: StorageForm, problems: Mapping | None = None, steps: tuple = ()) -> str:
    return render_template(
        "storage/form.html",
        form=form,
        values=form.values,
        problems=problems or {},
        steps=steps,
        option_words=storage_form.OPTION_WORDS,
        vendor_names=VENDOR_NAMES,
    )
