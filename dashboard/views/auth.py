"""Coming in and going out."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired

from dashboard.errors import InvalidInput, TooManyAttempts
from dashboard.services import people
from dashboard.web import auth
from dashboard.web.auth import public
from dashboard.web.forms import Form, at_most
from dashboard.web.i18n import device_name

bp = Blueprint("auth", __name__)

LONGEST_PASSWORD = 400


class SignInForm(Form):
    email = EmailField(
        lazy_gettext("E-mail"),
        [DataRequired(lazy_gettext("Type your e-mail address.")), at_most(255)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [DataRequired(lazy_gettext("Type your password.")), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class WelcomeForm(Form):
    password = PasswordField(
        lazy_gettext("Password"),
        [DataRequired(lazy_gettext("Choose a password.")), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password", "autofocus": True, "minlength": 8},
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    onward = auth.safe_next(request.args.get("next"), url_for("shell.home"))
    if auth.actor():
        return redirect(onward)
    form = SignInForm()
    if not form.is_submitted():
        return render_template("auth/sign_in.html", form=form)
    try:
        if form.validate():
            auth.begin(
                people.authenticate(
                    form.email.data, form.password.data, request.remote_addr or "", device_name()
                )
            )
            return redirect(onward, 303)
    except InvalidInput as fault:
        form.take(fault)
    except TooManyAttempts as fault:
        form.refuse(fault.message)
        return _slow_down(render_template("auth/sign_in.html", form=form), fault)
    return render_template("auth/sign_in.html", form=form), 422


@bp.post("/sign-out")
@public
def sign_out():
    person = auth.actor()
    if person:
        people.end_session(person.token)
    auth.end()
    return redirect(url_for("auth.sign_in"), 303)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str):
    """A one-time link: its holder chooses the first password and is signed in."""
    invite = people.invite_for(token)
    if invite is None or invite.expired:
        return render_template("auth/link_over.html"), 404
    form = WelcomeForm()
    if not form.is_submitted():
        return render_template("auth/welcome.html", form=form, invite=invite)
    try:
        if form.validate():
            signed_in = people.set_password(
                token, form.password.data, request.remote_addr or "", device_name()
            )
            _leave_other_session()
            auth.begin(signed_in)
            return redirect(url_for("shell.home"), 303)
    except InvalidInput as fault:
        form.take(fault)
    return render_template("auth/welcome.html", form=form, invite=invite), 422


def _leave_other_session() -> None:
    if person := auth.actor():
        people.end_session(person.token)


def _slow_down(page: str, fault: TooManyAttempts):
    answer = make_response(page, fault.status)
    answer.headers["Retry-After"] = str(fault.retry_after_s)
    return answer
