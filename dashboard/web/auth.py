"""Who is asking, and whether they may.

Every view says what it needs: `@require("view")`, `@require("operate")`,
`@require("administer")` or `@public`. A view that says nothing is refused.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user, logout_user

from dashboard.errors import Forbidden, text
from dashboard.extensions import login_manager

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGN_IN = "auth.sign_in"


def require(action: str) -> Callable[[View], View]:
    """Mark a view as open to people who may `action`: "view", "operate" or "administer"."""

    def mark(view: View) -> View:
        view.needs = action
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.needs = PUBLIC
    return view


def guard(app: Flask, user_for_session: Callable[[str], Any]) -> None:
    """Ask before every request. user_for_session: token -> actor, or None when it has ended."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the session is kept, and ended, on the server
    login_manager.user_loader(user_for_session)
    app.before_request(check)
    app.context_processor(lambda: {"actor": actor()})


def check() -> Response | None:
    """Turn away who may not use the view about to run.

    Raises Forbidden. Returns the way to the sign-in page for people who are not signed in.
    """
    if request.endpoint is None or request.endpoint == "static":
        return None
    needs = getattr(current_app.view_functions[request.endpoint], "needs", None)
    if needs == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return to_sign_in()
    if needs is None or not current_user.may(needs):
        raise Forbidden(text("Your role does not allow this."))
    return None


def actor() -> Any:
    """Who is signed in (an Actor), or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def begin(signed_in: Any) -> None:
    """Carry a fresh server-side session in a fresh cookie. signed_in: has `.actor`."""
    session.clear()
    login_user(signed_in.actor)


def end() -> None:
    """Forget it in the cookie; the caller ends it on the server."""
    logout_user()
    session.clear()


def to_sign_in() -> Response:
    """302 for a page, 401 that redirects for htmx, plain 401 for pictures and media."""
    if getattr(request, "htmx", None):
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for(SIGN_IN, next=local(request.htmx.current_url))
        return answer
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return make_response("", 401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(SIGN_IN, next=wanted if wanted != "/" else None))


def local(address: str | None) -> str | None:
    """Path and query of one of our own addresses as the browser gave it."""
    if not address:
        return None
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def safe_next(address: str | None, otherwise: str) -> str:
    """Where to go on to: a path on this site, or `otherwise`.

    Browsers read a backslash as a slash and drop control characters, so that
    "/\\host" and "/\\t/host" lead away; both are refused.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return otherwise
    if "\\" in address or any(ord(letter) < 0x20 for letter in address):
        return otherwise
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else otherwise
