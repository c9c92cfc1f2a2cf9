"""Names and tags that people give to layouts and scenes."""

import re
import unicodedata

from dashboard.errors import InvalidInput, Problem, text

LONGEST_NAME = 80
LONGEST_TAG = 32
MOST_TAGS = 10


def name(typed: str) -> str:
    """Raises InvalidInput at "name"."""
    found = " ".join(_printable(typed).split())
    if not found:
        raise InvalidInput([Problem("name", text("Give it a name."))])
    if len(found) > LONGEST_NAME:
        raise InvalidInput(
            [Problem("name", text("A name has %(n)s characters at most.", n=LONGEST_NAME))]
        )
    return found


def tags(typed: str) -> list[str]:
    """Words between commas, each once, lower case. Raises InvalidInput at "tags"."""
    words = (" ".join(_printable(word).lower().split()) for word in re.split(r"[,;，、]", typed))
    found = list(dict.fromkeys(word for word in words if word))
    if len(found) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in found):
        raise InvalidInput(
            [
                Problem(
                    "tags",
                    text("Use %(n)s tags at most, each of %(m)s characters at most.",
                         n=MOST_TAGS, m=LONGEST_TAG),
                )
            ]
        )  # fmt: skip
    return found


def _printable(typed: str) -> str:
    """Without control characters and half characters, which databases refuse."""
    plain = typed.encode("utf-8", "replace").decode()
    return "".join(
        " " if letter.isspace() else letter
        for letter in plain
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
