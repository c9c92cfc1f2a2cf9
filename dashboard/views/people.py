"""People of this installation, for administrators: invite, give roles, shut out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from wtforms import EmailField, SelectField
from wtforms.validators import DataRequired

from dashboard.errors import InvalidInput, text
from dashboard.services import people
from dashboard.services.readmodels import ROLES
from dashboard.web.auth import actor, require
from dashboard.web.filters import role_word
from dashboard.web.forms import Form, at_most
from dashboard.web.htmx import toast

bp = Blueprint("people", __name__, url_prefix="/people")


class InviteForm(Form):
    email = EmailField(
        lazy_gettext("E-mail"),
        [DataRequired(lazy_gettext("Type their e-mail address.")), at_most(255)],
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(lazy_gettext("Role"), validate_choice=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(name, role_word(name)) for name in ROLES]


@bp.get("")
@require("administer")
def index():
    return _page(InviteForm(data={"role": "operator"}))


@bp.post("/invite")
@require("administer")
def invite():
    """Make a one-time link. It is shown in this answer, and never again."""
    form = InviteForm()
    try:
        if form.validate():
            token = people.create_invite(form.email.data, form.role.data, actor())
            link = url_for("auth.welcome", token=token, _external=True)
            return _page(
                InviteForm(formdata=None, data={"role": "operator"}), form.email.data, link
            )
    except InvalidInput as fault:
        form.take(fault)
    return _page(form), 422


@bp.post("/<int:user_id>/password-link")
@require("administer")
def password_link(user_id: int):
    """For somebody who forgot the password. The link is shown in this answer, and never again."""
    email, token = people.create_password_link(user_id, actor())
    link = url_for("auth.welcome", token=token, _external=True)
    return _page(InviteForm(formdata=None, data={"role": "operator"}), email, link)


@bp.post("/<int:user_id>/role")
@require("administer")
def set_role(user_id: int):
    people.set_role(user_id, request.form.get("role", ""), actor())
    toast("done", text("Role changed."))
    return redirect(url_for("people.index"), 303)


@bp.post("/<int:user_id>/disable")
@require("administer")
def disable(user_id: int):
    people.disable_user(user_id, actor())
    toast("done", text("Shut out. Their sessions have ended."))
    return redirect(url_for("people.index"), 303)


@bp.post("/<int:user_id>/enable")
@require("administer")
def enable(user_id: int):
    people.enable_user(user_id, actor())
    toast("done", text("Let in again."))
    return redirect(url_for("people.index"), 303)


def _page(form: InviteForm, invited: str | None = None, link: str | None = None) -> str:
    return render_template(
        "people/index.html",
        form=form,
        rows=people.list_users(),
        roles=ROLES,
        invited=invited,
        link=link,
    )
