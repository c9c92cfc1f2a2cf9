"""Answering htmx: fragments, nothing new, going elsewhere, and toasts on the side."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, flash, g, get_flashed_messages, make_response, redirect, request
from flask import render_template as render
from htmx_flask import Htmx

from dashboard.errors import Text
from dashboard.web.filters import say


@dataclass(frozen=True)
class Toast:
    """kind: done, attention or fault. link: (address, words)."""

    kind: str
    words: str
    more: str = ""
    link: tuple[str, str] | None = None


def bind(app: Flask) -> None:
    Htmx(app)
    app.context_processor(lambda: {"waiting_toasts": take_toasts})
    app.after_request(keep_toasts)


def toast(
    kind: str,
    words: Text | str,
    more: Text | str = "",
    link: tuple[str, Text | str] | None = None,
) -> None:
    """Say something on the side, with the fragment, page or redirect that answers this request."""
    words_of_link = (link[0], say(link[1])) if link else None
    waiting().append(Toast(kind, say(words), say(more), words_of_link))


def fragment(template: str, status: int = 200, **context: Any) -> Response:
    """Render a fragment, with the waiting toasts out of band behind it."""
    html = render(template, **context)
    toasts = take_toasts()
    if toasts:
        html += render("components/_toasts.html", toasts=toasts)
    return make_response(html, status)


def page_or_fragment(page: str, part: str, status: int = 200, **context: Any) -> Response:
    """The whole page, or for htmx the part of it that the page includes."""
    if request.htmx and not request.htmx.history_restore_request:
        return fragment(part, status, **context)
    return make_response(render(page, **context), status)


def unchanged() -> Response:
    """The region shows the truth already: 204, nothing is swapped."""
    return make_response("", 204)


def go(address: str) -> Response:
    """After a post: on to another page, for htmx and for plain forms alike."""
    if request.htmx:
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, 303)


def only_toasts(status: int = 200) -> Response:
    """Nothing but the waiting toasts; the target stays as it is."""
    answer = make_response(render("components/_toasts.html", toasts=take_toasts()), status)
    answer.headers["HX-Reswap"] = "none"
    return answer


def waiting() -> list[Toast]:
    if "toasts" not in g:
        g.toasts = []
    return g.toasts


def take_toasts() -> list[Toast]:
    """What is to be said now: kept from the request before, and from this one."""
    kept = [
        Toast(kind, said[0], said[1], tuple(said[2]) if said[2] else None)
        for kind, said in get_flashed_messages(with_categories=True)
    ]
    found = kept + waiting()
    g.toasts = []
    return found


def keep_toasts(answer: Response) -> Response:
    """Nobody rendered them (a redirect): they wait for the next page."""
    for each in waiting():
        flash([each.words, each.more, each.link], each.kind)
    return answer
