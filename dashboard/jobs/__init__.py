"""The worker: what goes on whether or not anybody looks at a page."""

from flask import Flask


def run(app: Flask) -> int:
    """Be a worker until SIGTERM or SIGINT; returns within about 3 s of one."""
    from dashboard.jobs.worker import Worker  # the libraries behind it are heavy

    return Worker(app).run()
