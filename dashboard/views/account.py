"""One's own account: password, language, theme, and where one is signed in."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from wtforms import PasswordField
from wtforms.validators import DataRequired

from dashboard.errors import InvalidInput, TooManyAttempts, text
from dashboard.services import people
from dashboard.web import i18n
from dashboard.web.auth import actor, public, require, safe_next
from dashboard.web.forms import Form, at_most
from dashboard.web.htmx import toast

bp = Blueprint("account", __name__)


class PasswordForm(Form):
    current_password = PasswordField(
        lazy_gettext("Current password"),
        [DataRequired(lazy_gettext("Type your current password.")), at_most(400)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        lazy_gettext("New password"),
        [DataRequired(lazy_gettext("Choose a password.")), at_most(400)],
        render_kw={"autocomplete": "new-password", "minlength": 8},
    )


@bp.route("/account", methods=["GET", "POST"])
@require("view")
def show():
    """The page; posting changes the password."""
    form = PasswordForm()
    if not form.is_submitted():
        return _page(form)
    try:
        if form.validate():
            people.change_password(actor(), form.current_password.data, form.password.data)
            toast("done", text("Password changed. Your other sessions have ended."))
            return redirect(url_for("account.show"), 303)
    except InvalidInput as fault:
        form.take(fault)
    except TooManyAttempts as fault:
        form.refuse(fault.message)
        return _page(form), 429
    return _page(form), 422


@bp.post("/account/sessions/<int:session_id>/end")
@require("view")
def end_session(session_id: int):
    people.end_own_session(actor(), session_id)
    toast("done", text("That session has ended."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/end-others")
@require("view")
def end_other_sessions():
    people.end_all_sessions(actor().id, "ended", but=actor().session_id)
    toast("done", text("All other sessions have ended."))
    return redirect(url_for("account.show"), 303)


@bp.post("/preferences")
@public
def preferences():
    """Language and theme: kept in cookies for this browser, and with the person."""
    locale = _one_of(request.form.get("locale"), i18n.LANGUAGES)
    theme = _one_of(request.form.get("theme"), i18n.THEMES)
    person = actor()
    if person:
        people.set_preferences(person, locale=locale, theme=theme)
    if request.htmx:
        answer = make_response("", 204)
    else:
        answer = redirect(safe_next(request.form.get("next"), url_for("shell.home")), 303)
    return i18n.remember(answer, locale=locale, theme=theme)


def _page(form: PasswordForm) -> str:
    return render_template("account/show.html", form=form, sessions=people.own_sessions(actor()))


def _one_of(value: str | None, allowed) -> str | None:
    return value if value in allowed else None
