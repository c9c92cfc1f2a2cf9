"""The chores of translating.

python -m dashboard.web.translate update     carry new sentences into every language
python -m dashboard.web.translate compile    make the .mo files the program reads
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dashboard.web.i18n import HERE, LANGUAGES, TRANSLATIONS

KEYWORDS = DEFAULT_KEYWORDS | {"text": None, "N_": None, "lazy_gettext": None}
"""What marks a sentence, beside gettext's own names."""
DAY = datetime(2026, 11, 21, tzinfo=UTC)
"""In place of the time of the last update, which would change the file without a reason."""
ROOMS = (HERE, HERE.parent / "templates")


def sentences() -> Catalog:
    """Every sentence of the program and its templates."""
    with (HERE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(project="Tallydeck", charset="utf-8")
    for room in ROOMS:
        for _file, line, message, comments, context in extract_from_dir(
            room, methods, options, keywords=KEYWORDS
        ):
            found.add(message, None, [], auto_comments=comments, context=context, lineno=line)
    return found


def catalog(language: str) -> Catalog:
    """What is translated into a language; empty when there is nothing yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="Tallydeck", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    template = sentences()
    for language in _translated():
        found = catalog(language)
        found.update(template, no_fuzzy_matching=True)
        found.header_comment, found.fuzzy = f"# Tallydeck in {LANGUAGES[language]}.", False
        found.version = found.msgid_bugs_address = found.last_translator = "-"
        found.language_team = "-"
        found.creation_date = found.revision_date = DAY
        path = _path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, found, width=100, omit_header=False, sort_output=True,
                     ignore_obsolete=True, no_location=True)  # fmt: skip


def compile_all() -> None:
    for language in _translated():
        path = _path(language).with_suffix(".mo")
        draft = path.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, catalog(language))
        draft.replace(path)


def _translated() -> list[str]:
    return [language for language in LANGUAGES if language != "en"]


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


STEPS = {"update": update, "compile": compile_all}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in STEPS:
        sys.exit(f"usage: python -m dashboard.web.translate {'|'.join(STEPS)}")
    STEPS[sys.argv[1]]()
