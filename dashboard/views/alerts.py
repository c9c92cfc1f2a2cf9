"""Alerts: what is wrong now, what was, by which rules, and whom it was told."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from dashboard.errors import Conflict, InvalidInput, text
from dashboard.services.alerts import destination_form, destinations, incidents, messages, rules
from dashboard.services.alerts.conditions import WATCHED
from dashboard.services.reading import alerts as reading
from dashboard.services.reading.alerts import DestinationForm, RuleForm
from dashboard.services.stale import SEEN, Stale
from dashboard.views.channel_form import seen_now
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

bp = Blueprint("alerts", __name__, url_prefix="/alerts")


@bp.get("")
@require("view")
def index() -> str:
    return render_template("alerts/index.html", found=reading.alerts(actor(), _page_number()))


@bp.get("/rows")
@require("view")
def rows():
    page = _page_number()
    if request.args.get("seen") == reading.alerts_digest(actor(), page):
        return htmx.unchanged()
    return htmx.fragment("alerts/_rows.html", found=reading.alerts(actor(), page))


@bp.post("/<int:id>/acknowledge")
@require("operate")
def acknowledge(id: int):
    incidents.acknowledge(id, actor())
    if request.htmx:
        return htmx.fragment("alerts/_rows.html", found=reading.alerts(actor(), _page_number()))
    htmx.toast("done", text("Acknowledged. It is not told again."))
    return htmx.go(url_for("alerts.index"))


@bp.get("/messages")
@require("view")
def messages_sent() -> str:
    lines, page, pages, total = reading.message_lines(_page_number())
    return render_template(
        "alerts/messages.html", lines=lines, page=page, pages=pages, total=total,
        per_page=reading.PER_PAGE,
    )  # fmt: skip


@bp.post("/messages/<int:id>/retry")
@require("operate")
def retry(id: int):
    try:
        messages.retry_now(id, actor())
        htmx.toast("done", text("It is sent again within seconds."))
    except Conflict as fault:
        htmx.toast("attention", fault.message)
    return htmx.go(url_for("alerts.messages_sent", page=_page_number()))


# ---------------------------------------------------------------- rules


@bp.get("/rules")
@require("view")
def rules_index() -> str:
    return render_template("alerts/rules.html", rows=reading.rule_lines(), watched=WATCHED)


@bp.get("/rules/new")
@require("administer")
def rule_new() -> str:
    return _rule_page(reading.new_rule(request.args.get("condition", "")))


@bp.post("/rules/new")
@require("administer")
def rule_create():
    condition = request.values.get("condition", "")
    try:
        rules.create({**request.form, "condition": condition}, _chosen(), actor())
    except InvalidInput as fault:
        return _rule_refused(reading.new_rule(condition), fault)
    htmx.toast("done", text("The rule is added."))
    return htmx.go(url_for("alerts.rules_index"))


@bp.get("/rules/<int:id>")
@require("administer")
def rule_edit(id: int) -> str:
    return _rule_page(reading.rule(id))


@bp.post("/rules/<int:id>")
@require("administer")
def rule_save(id: int):
    try:
        rules.edit(id, request.form, _chosen(), actor())
    except (InvalidInput, Stale) as fault:
        return _rule_refused(reading.rule(id), fault)
    htmx.toast("done", text("The rule is saved."))
    return htmx.go(url_for("alerts.rules_index"))


@bp.post("/rules/<int:id>/disable")
@require("administer")
def rule_disable(id: int):
    rules.switch(id, False, actor())
    htmx.toast("done", text("The rule is disabled."))
    return htmx.go(url_for("alerts.rules_index"))


@bp.post("/rules/<int:id>/enable")
@require("administer")
def rule_enable(id: int):
    rules.switch(id, True, actor())
    htmx.toast("done", text("The rule is enabled again."))
    return htmx.go(url_for("alerts.rules_index"))


def _chosen() -> list[str]:
    return request.form.getlist("destinations")


def _rule_refused(form: RuleForm, fault: InvalidInput | Stale) -> tuple[str, int]:
    form = replace(form, values=request.form.to_dict(), chosen=frozenset(_chosen()))
    form = seen_now(form, fault, request.form.get(SEEN, ""))
    return _rule_page(form, fault.by_field()), fault.status


def _rule_page(form: RuleForm, problems: Mapping | None = None) -> str:
    return render_template(
        "alerts/rule.html", form=form, values=form.values, problems=problems or {}
    )


# ---------------------------------------------------------------- destinations


@bp.get("/destinations")
@require("administer")
def destinations_index() -> str:
    return render_template(
        "alerts/destinations.html", rows=reading.destination_lines(), kinds=destination_form.KINDS
    )


@bp.get("/destinations/new")
@require("administer")
def destination_new() -> str:
    return _destination_page(reading.new_destination(request.args.get("kind", "")))


@bp.post("/destinations/new")
@require("administer")
def destination_create():
    kind = request.values.get("kind", "")
    try:
        destination_id = destinations.create(kind, request.form, actor())
    except InvalidInput as fault:
        return _destination_refused(reading.new_destination(kind), fault)
    htmx.toast("done", text("The destination is added. Test it now."))
    return htmx.go(url_for("alerts.destination_edit", id=destination_id))


@bp.get("/destinations/<int:id>")
@require("administer")
def destination_edit(id: int) -> str:
    return _destination_page(reading.destination(id))


@bp.post("/destinations/<int:id>")
@require("administer")
def destination_save(id: int):
    try:
        destinations.edit(id, request.form, actor())
    except (InvalidInput, Stale) as fault:
        return _destination_refused(reading.destination(id), fault)
    htmx.toast("done", text("The destination is saved."))
    return htmx.go(url_for("alerts.destination_edit", id=id))


@bp.post("/destinations/<int:id>/test")
@require("administer")
def destination_test(id: int):
    """Sends a message for real; says what came back."""
    reply = destinations.try_out(id, actor())
    form = reading.destination(id)
    if request.htmx:
        return htmx.fragment("alerts/_try.html", form=form, reply=reply)
    return _destination_page(form, reply=reply)


@bp.post("/destinations/<int:id>/disable")
@require("administer")
def destination_disable(id: int):
    destinations.switch(id, False, actor())
    htmx.toast("done", text("The destination is disabled. Nothing is sent there."))
    return htmx.go(url_for("alerts.destinations_index"))


@bp.post("/destinations/<int:id>/enable")
@require("administer")
def destination_enable(id: int):
    destinations.switch(id, True, actor())
    htmx.toast("done", text("The destination is enabled again."))
    return htmx.go(url_for("alerts.destination_edit", id=id))


def _destination_refused(form: DestinationForm, fault: InvalidInput | Stale) -> tuple[str, int]:
    """What was typed stays, secrets excepted."""
    secrets = destination_form.SECRETS
    typed = {name: value for name, value in request.form.items() if name not in secrets}
    form = seen_now(replace(form, values=typed), fault, request.form.get(SEEN, ""))
    return _destination_page(form, fault.by_field()), fault.status


def _destination_page(form: DestinationForm, problems: Mapping | None = None, reply=None) -> str:
    return render_template(
        "alerts/destination.html",
        form=form,
        values=form.values,
        problems=problems or {},
        reply=reply,
        security=destination_form.SECURITY,
    )


def _page_number() -> int:
    return request.args.get("page", 1, type=row_number)
