"""What every answer and every request must satisfy: policy headers, hosts, cookies, origin.

Content policy and headers follow ASVS 5.0, 3.4 and 3.5.
"""

from flask import Blueprint, Flask, Response, abort, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.extensions import csrf
from dashboard.settings import Settings
from dashboard.web.assets import CACHING

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",  # hls.js hands the video element a blob
        "worker-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=()",
    "X-Frame-Options": "DENY",
}
YEAR_S = 365 * 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
LARGEST_FORM = 1024 * 1024
_SIGNED = "tallydeck.signed"


def configuration(settings: Settings) -> dict[str, object]:
    """Flask's own settings, as far as safety is concerned."""
    secure = is_secure(settings)
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        # The prefix makes browsers refuse the cookie from a neighbour domain or over http.
        "SESSION_COOKIE_NAME": "__Host-tallydeck" if secure else "tallydeck",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": None,  # a control room keeps its pages open; the session ends it
    }


def is_secure(settings: Settings) -> bool:
    return settings.address.startswith("https://")


def guard(app: Flask, settings: Settings) -> None:
    """Put the checks before, and the headers behind, everything the application answers."""
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    secure = is_secure(settings)
    app.before_request(refuse_other_sites)
    app.after_request(lambda answer: harden(answer, secure))


def refuse_other_sites() -> None:
    """Browsers say where a request comes from; a form on another site is turned away.

    Runs beside the CSRF token, and leaves out what the token leaves out (callbacks).
    """
    if request.method in SAFE_METHODS or is_for_servers():
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES:
        abort(403)


def trust_signatures(app: Flask, blueprint: Blueprint) -> None:
    """Leave a blueprint out of the forms' rules: its visitors are proved another way."""
    csrf.exempt(blueprint)
    app.extensions.setdefault(_SIGNED, set()).add(blueprint.name)


def is_for_servers() -> bool:
    """Whether this request goes where other machines report, not people."""
    return request.blueprint in current_app.extensions.get(_SIGNED, ())


def harden(answer: Response, secure: bool) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if secure:
        answer.headers.setdefault(
            "Strict-Transport-Security", f"max-age={YEAR_S}; includeSubDomains"
        )
    if request.endpoint in CACHING and answer.status_code in {200, 206, 304}:
        answer.headers["Cache-Control"] = CACHING[request.endpoint]
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.vary.add("Cookie")
    return answer
