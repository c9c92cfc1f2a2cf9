"""Every sentence of the program is there in every language, with the same values in it."""

import re

import pytest

from dashboard.services import people
from dashboard.web import translate
from tests.web.conftest import PASSWORD, Browser

VALUES = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")


def values_of(sentence):
    return {first or second for first, second in VALUES.findall(sentence)}


@pytest.fixture(scope="module")
def found():
    return translate.sentences()


@pytest.mark.parametrize("language", ["zh"])
def test_it_has_every_sentence_in_every_language(found, language):
    catalog = translate.catalog(language)
    missing = []
    for message in found:
        if not message.id:
            continue
        there = catalog.get(message.id, message.context)
        strings = (
            (there.string,) if there and isinstance(there.string, str) else there and there.string
        )
        if not strings or not all(strings):
            missing.append(message.id)
    assert missing == [], "run `python -m dashboard.web.translate update` and translate these"


@pytest.mark.parametrize("language", ["zh"])
def test_it_fills_the_same_values_in_every_language(language):
    for message in translate.catalog(language):
        if not message.id:
            continue
        wanted = values_of("".join([message.id] if isinstance(message.id, str) else message.id))
        strings = [message.string] if isinstance(message.string, str) else message.string
        for string in strings:
            assert not string or values_of(string) == wanted, message.id


def test_it_keeps_no_sentence_that_nobody_says(found):
    said = {message.id for message in found if message.id}
    kept = {message.id for message in translate.catalog("zh") if message.id}
    as_key = lambda ids: {each if isinstance(each, str) else tuple(each) for each in ids}  # noqa: E731
    assert as_key(kept) - as_key(said) == set()


def test_it_shows_pages_in_chinese(app):
    with app.app_context():
        people.add_user("zhang@example.org", "viewer", PASSWORD)
    browser = Browser(app)
    browser.sign_in("zhang@example.org")
    browser.client.set_cookie("locale", "zh")
    page = browser.get("/account").text
    assert "您的账户" in page
    assert "Your account" not in page
