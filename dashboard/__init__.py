"""The Flask application: build, bind, register; nothing happens at import.

The imports stand inside on purpose: a recording's worker process lives in this package,
too, and must not carry a web framework along (0.7 s of start-up and 60 MB each).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The dashboard as a WSGI application. settings: those of the environment unless given."""
    from flask import Flask

    from dashboard import cli, extensions, views, web
    from dashboard.jobs import client
    from dashboard.services import context, people
    from dashboard.settings import load

    settings = settings or load()
    app = Flask(
        __name__,
        template_folder="../templates",
        static_folder="../static",
        static_url_path=web.assets.path(),
    )
    app.config.from_mapping(
        web.configuration(settings),
        SQLALCHEMY_DATABASE_URI=settings.database,
    )
    context.bind(app, settings, enqueue=client.enqueuer(settings))
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db)
    extensions.csrf.init_app(app)
    web.bind(app, settings, people.user_for_session)
    views.register(app)
    cli.register(app)
    return app
