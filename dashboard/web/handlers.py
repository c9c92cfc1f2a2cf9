"""Faults, told: what happened, to what, what to do. A page, a toast or JSON, by who asked."""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from dashboard.errors import (
    CallbackRejected,
    DashboardError,
    ProviderError,
    StorageFault,
    Text,
    TooManyAttempts,
    text,
)
from dashboard.web import htmx
from dashboard.web.filters import say
from dashboard.web.security import is_for_servers

log = logging.getLogger("tallydeck.web")

# status: what happened, what to do about it
WORDS = {
    400: (
        text("The request could not be read."),
        text("Go back, reload the page and try again."),
    ),
    401: (text("You are not signed in."), text("Sign in and try again.")),
    403: (
        text("This is not open to you."),
        text("Ask an administrator of this installation if you need it."),
    ),
    404: (
        text("There is nothing at this address."),
        text("It may have been archived or renamed. Look for it in the lists."),
    ),
    405: (text("This address does not take that."), text("Use the buttons of the page.")),
    409: (
        text("Something else came first."),
        text("Reload the page to see where things stand."),
    ),
    413: (text("That is too much at once."), text("Send less.")),
    415: (text("That format is not taken."), text("Send it plain, not compressed.")),
    422: (text("Something in it cannot be taken."), text("Correct it and try again.")),
    429: (text("Too many attempts."), text("Wait a little, then try again.")),
    500: (
        text("Tallydeck made a mistake."),
        text("What is being recorded goes on. Try again; if it stays so, report this number."),
    ),
    502: (text("The vendor could not do it."), text("Read its words below, then try again.")),
    503: (text("This cannot be reached right now."), text("Wait a moment, then try again.")),
}
STALE_FORM = (
    text("This form was too old or came from elsewhere, so nothing was done."),
    text("Reload the page and try again."),
)
WRONG_HOST = (
    text("Tallydeck is not served under this name."),
    text("Use its own address, or add the name to TALLYDECK_TRUSTED_HOSTS."),
)


def bind(app: Flask) -> None:
    app.register_error_handler(DashboardError, answer_fault)
    app.register_error_handler(CSRFError, answer_stale_form)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_mistake)


def answer_fault(fault: DashboardError) -> Response:
    """One of ours: it has a sentence of its own."""
    if fault.status >= 500 and not isinstance(fault, (ProviderError, StorageFault)):
        log.error("%s: %s", type(fault).__name__, fault, exc_info=fault)
    otherwise = WORDS.get(fault.status, WORDS[500])
    then = getattr(fault, "remedy", None) or otherwise[1]
    answer = _answer(fault.status, fault.message, then, _vendor_words(fault), fault)
    if isinstance(fault, TooManyAttempts):
        answer.headers["Retry-After"] = str(fault.retry_after_s)
    return answer


def answer_stale_form(_fault: CSRFError) -> Response:
    return _answer(400, *STALE_FORM)


def answer_http(fault: HTTPException) -> Response:
    """Flask's and werkzeug's own: no such address, wrong method, too large."""
    status = fault.code or 500
    if status < 400:
        return make_response(fault.get_response())
    wrong_host = status == 400 and type(fault).__name__ == "SecurityError"
    what, then = WRONG_HOST if wrong_host else WORDS.get(status, WORDS[400])
    answer = _answer(status, what, then)
    if status == 405:
        answer.headers["Allow"] = fault.get_response().headers.get("Allow", "")
    return answer


def answer_mistake(fault: Exception) -> Response:
    """A mistake of ours: the log has the trace, the person a number to find it by."""
    number = secrets.token_hex(4)
    # The rule, not the path: the path of an invite or of media holds its secret.
    log.error("fault %s at %s %s", number, request.method, request.url_rule, exc_info=fault)
    return _answer(500, *WORDS[500], details=[number])


def _vendor_words(fault: DashboardError) -> list[str]:
    if isinstance(fault, StorageFault):
        return [" · ".join(part for part in (fault.code, fault.words) if part)]
    if not isinstance(fault, ProviderError):
        return []
    parts = (fault.vendor, fault.vendor_code, fault.vendor_text, fault.request_id)
    return [" · ".join(str(part) for part in parts if part)]


def _answer(
    status: int,
    what: Text | str,
    then: Text | str,
    details: list[str] | None = None,
    fault: DashboardError | None = None,
) -> Response:
    """details: shown as they are (a vendor's words, a fault's number)."""
    details = details or []
    if _wants_json():
        reason = fault.reason if isinstance(fault, CallbackRejected) else None
        body = {"code": status, "message": say(what), "reason": reason}
        answer = make_response(jsonify({k: v for k, v in body.items() if v is not None}), status)
    elif getattr(request, "htmx", None):
        htmx.take_toasts()
        htmx.toast("fault", what, " ".join([say(then), *details]), _link(fault))
        answer = htmx.only_toasts(status)
    else:
        answer = make_response(_page(status, what, then, details, _link(fault)), status)
    answer.headers["X-Fault"] = "1"
    return answer


def _link(fault: DashboardError | None) -> tuple[str, Text] | None:
    """A conflict shows the recording that is in the way."""
    recording_id = getattr(fault, "recording_id", None)
    if recording_id is None:
        return None
    return (f"{request.script_root}/recordings/{recording_id}", text("Show that recording"))


def _page(status: int, what: Text | str, then: Text | str, details: list, link) -> str:
    """The full page; a bare one where even the shell cannot be shown (database, unknown host)."""
    facts = {
        "status": status,
        "phrase": HTTPStatus(status).phrase,
        "what": say(what),
        "then": say(then),
        "details": details,
        "link": (link[0], say(link[1])) if link else None,
    }
    if request.routing_exception is None or status == 404:
        try:
            return render_template("errors/error.html", **facts)
        except Exception as fault:
            g.pop("_flask_babel", None)
            log.error("the fault's own page failed: %s", fault)
    return render_template("errors/bare.html", **facts)


def _wants_json() -> bool:
    if is_for_servers() or request.blueprint == "health":
        return True
    accepts = request.accept_mimetypes
    return accepts.best == "application/json" and not accepts.accept_html
