"""Layouts: the editor of a channel's or a recording's, scenes, and the library."""

from flask import Blueprint

bp = Blueprint("layouts", __name__)

from dashboard.views.layouts import editor, library, scenes  # noqa: E402

__all__ = ["bp", "editor", "library", "scenes"]
