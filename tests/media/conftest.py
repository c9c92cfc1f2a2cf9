"""Chromium with the editor's modules, as the tests of the browser's half have it."""

from tests.js.conftest import files, page

__all__ = ["files", "page"]
