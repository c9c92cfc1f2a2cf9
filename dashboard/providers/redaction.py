"""Keeping an account's secrets out of everything that a vendor's answer is quoted in."""

import base64
from collections.abc import Sequence

LONGEST_QUOTE = 300
MOST_READ = 64 * 1024


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
    for secret in hidden:
        words = words.replace(secret, "(hidden)")
    if cut and hidden:  # a secret may have been cut in two at the end
        words = words[: -len(hidden[0])]
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"
