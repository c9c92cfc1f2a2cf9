"""python -m dashboard.engine: the recording cloud on one machine, useful alone, too."""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiohttp import web

from dashboard.engine.app import build_app, build_cloud
from dashboard.engine.config import EngineConfig, read_config

log = logging.getLogger("dashboard.engine")

LISTEN_CLOSE_S = 0.3


def main(argv: Sequence[str] | None = None) -> int:
    config = read_config(argv)
    logging.basicConfig(
        level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        with _alone_in(config.data):
            asyncio.run(serve(config))
    except OSError as fault:
        print(f"The engine cannot start: {fault}", file=sys.stderr)
        return 1
    return 0


async def serve(config: EngineConfig) -> None:
    """Until SIGTERM or SIGINT; then close the open slices and go."""
    asked_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    cloud = build_cloud(config)
    runner = web.AppRunner(build_app(cloud), access_log=None, shutdown_timeout=LISTEN_CLOSE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port).start()
        await cloud.open()
        apps = ", ".join(f"{app.dialect} {app.app_id}" for app in config.apps)
        log.info("listening on http://%s:%s for %s", config.host, config.port, apps)
        await asked_to_end.wait()
        log.info("ending")
    finally:
        await asyncio.gather(cloud.close(), runner.cleanup())


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two engines would record into the same tasks. Raises OSError when there is one already."""
    handle = os.open(folder / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another engine works in {folder}") from None
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
