"""Languages, themes and time zones of the reader."""

from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from flask import Flask, Response, current_app, request
from flask_login import current_user

from dashboard.extensions import babel

HERE = Path(__file__).parents[1]
TRANSLATIONS = HERE / "translations"
LANGUAGES = {"en": "English", "zh": "简体中文"}
HTML_LANG = {"en": "en", "zh": "zh-Hans"}
THEMES = ("dark", "light", "auto")
COOKIE_AGE_S = 365 * 24 * 3600


def bind(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(TRANSLATIONS))
    babel.init_app(app, locale_selector=locale, timezone_selector=timezone)
    app.jinja_env.filters["html_lang"] = HTML_LANG.get
    app.context_processor(
        lambda: {
            "locale": locale,
            "theme": theme,
            "html_lang": lambda: HTML_LANG[locale()],
            "languages": LANGUAGES.items,
            "here": here,
        }
    )


def locale() -> str:
    """The reader's choice, else this browser's, else the best of what it accepts."""
    chosen = _choice("locale", LANGUAGES)
    return chosen or request.accept_languages.best_match(_ACCEPTED, "en").split("-")[0]


def theme() -> str:
    return _choice("theme", THEMES) or "dark"


def timezone() -> str | None:
    """The browser tells its zone in a cookie; UTC until it has."""
    zone = request.cookies.get("zone", "")
    return zone if zone in _zones() else None


@cache
def _zones() -> set[str]:
    """Read once: it walks the whole folder of zones, 7 ms of every page that shows a time."""
    return available_timezones()


def here() -> str:
    """This page's own address, for coming back to it."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def remember(answer: Response, **choices: str | None) -> Response:
    """Keep choices in this browser; None leaves what it has."""
    for name, value in choices.items():
        if value:
            answer.set_cookie(
                name,
                value,
                max_age=COOKIE_AGE_S,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
    return answer


def device_name() -> str:
    """What this browser calls itself, short: "Firefox · Linux"."""
    agent = request.user_agent.string
    browser = next((words for mark, words in _BROWSERS if mark in agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or agent[:60]


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_ACCEPTED = ("en", "zh", "zh-CN", "zh-Hans", "zh-SG")


def _choice(name: str, allowed: object) -> str | None:
    user = current_user if current_user and current_user.is_authenticated else None
    for value in (getattr(user, name, None), request.cookies.get(name)):
        if value in allowed:
            return value
    return None
