"""Keeping an account's secrets out of everything that a vendor's answer is quoted in."""

import base64
import re
from collections.abc import Sequence
from html import unescape

LONGEST_QUOTE = 300
MOST_READ = 64 * 1024
_PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def spellings(key: str, secret: str, others: Sequence[str]) -> tuple[str, ...]:
    """Every way in which a secret could come back to us, longest first."""
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
    found = {basic, secret, *others}
    return tuple(sorted((word for word in found if len(word) >= 4), key=len, reverse=True))


def quote(words: str | bytes, hidden: Sequence[str]) -> str:
    """A vendor's words as a person and a log may see them: short, one line, no secrets.

    hidden: as `spellings` gives them.
    """
    if isinstance(words, bytes):
        words = words[:MOST_READ].decode("utf-8", "replace")
    cut = len(words) >= MOST_READ
    words = words[:MOST_READ]
    if _PAGE.match(words):
        words = _said_by_page(words)  # first: a page may spell a secret with entities
    for secret in hidden:
        words = words.replace(secret, "(hidden)")
    if cut and hidden:  # a secret may have been cut in two at the end
        words = words[: -len(hidden[0])]
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def _said_by_page(page: str) -> str:
    """A proxy's or web server's page is known by its title; without one by its words."""
    title = _TITLE.search(page)
    return unescape(title[1] if title and title[1].strip() else _TAG.sub(" ", page))
