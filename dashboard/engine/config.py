"""How the engine is set up: flags first, then the settings of the installation."""

import argparse
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.engine.apps import AGORA, ANYRTC, TRTC, App, Apps, read_apps
from dashboard.protocols import agora, agora_events, trtc, trtc_events
from dashboard.settings import Settings, load


@dataclass(frozen=True)
class Tuning:
    """Limits that an installation may move with `--tune name=value`.

    retry_gaps_s: what a callback waits before each of its repetitions; the first at once.
    anyrtc_retry_gaps_s: the same for anyRTC's (agora-anyrtc.md section 14).
    resume_within_s: a recording whose last sign of life is older is closed, not resumed.
    cpu_share: how much of the processors recordings may use by estimate; 0 does not ask.
    trtc_*: the same limits in TRTC's door (trtc.md sections 1 and 9).
    virtual_s: on the virtual clock, seconds after which a recording stands still; 0: never.
    virtual_from_s: on the virtual clock, when each recording begins, seconds since 1970, so
        that two engines make the same bytes; 0: when it is started.
    min_free_mb: with less room on the disk no recording is taken.
    stop_free_mb: with less, running recordings are ended while they can still be closed.
    look_at_disk_s: how often that is looked at.
    backup_after_s: how long after a recording a store may be away before that is told.
    image_hosts: called for images though they are not public; by name or number, with commas.
    close_within_s: how long the slices may take to close when the engine is asked to end.
    """

    rate_per_s: float = float(agora.RATE_PER_S)
    most_recordings: int = 50
    virtual_s: float = 0.0
    virtual_from_s: float = 0.0
    cpu_share: float = 0.9
    min_free_mb: int = 500
    stop_free_mb: int = 200
    look_at_disk_s: float = 2.0
    ready_within_s: float = 15.0
    silent_for_s: float = 15.0
    finish_within_s: float = 15.0
    close_within_s: float = 2.2
    resume_within_s: float = float(agora.FAILOVER_LIMIT_S)
    sync_stop_s: float = float(agora.SYNC_STOP_LIMIT_S)
    resource_life_s: float = float(agora.RESOURCE_LIFE_S)
    progress_every_s: float = 60.0
    backup_after_s: float = 60.0
    upload_give_up_s: float = 24 * 3600.0
    answer_limit_s: float = float(agora_events.ANSWER_LIMIT_S)
    retry_gaps_s: tuple[float, ...] = (0.0, 5.0, 20.0)
    anyrtc_retry_gaps_s: tuple[float, ...] = (10.0, 10.0)
    image_hosts: tuple[str, ...] = ()
    trtc_retry_gaps_s: tuple[float, ...] = trtc_events.RETRY_GAPS_S
    trtc_give_up_s: float = float(trtc_events.GIVE_UP_AFTER_S)
    trtc_answer_limit_s: float = float(trtc_events.ANSWER_LIMIT_S)
    trtc_rate_per_s: float = float(trtc.RATE_PER_S)
    trtc_most_tasks: int = trtc.MOST_TASKS
    faults: int = 1


@dataclass(frozen=True)
class EngineConfig:
    """data: the engine's own folder. demo_channel: "" makes none.

    apps: the first is the one of the flags and settings that the dashboard uses.
    address: where others reach the engine, for addresses that it hands out.
    clock: "live", or "virtual" for recordings that run as fast as the machine allows.
    """

    host: str
    port: int
    data: Path
    apps: Apps
    address: str = ""
    demo_channel: str = ""
    log_level: str = "INFO"
    clock: str = "live"
    tuning: Tuning = Tuning()

    @property
    def buckets(self) -> Path:
        return self.data / "buckets"

    @property
    def library(self) -> Path:
        return self.data / "library"

    @property
    def tasks(self) -> Path:
        return self.data / "tasks"

    @property
    def media(self) -> Path:
        """Files that people may publish."""
        return self.data / "media"

    @property
    def images(self) -> Path:
        return self.data / "images"


def read_config(argv: Sequence[str] | None = None) -> EngineConfig:
    """Raises SystemExit with a hint when the flags or the settings make no sense."""
    flags = _parser().parse_args(argv)
    given = {name: value for name, value in vars(flags).items() if value is not None}
    tuning, clock = _tuned(given.pop("tune")), given.pop("clock")
    settings = load(**{f"engine_{name}": value for name, value in given.items()})
    return EngineConfig(
        host=settings.engine_host,
        port=settings.engine_port,
        data=settings.engine_folder,
        apps=_apps(settings, tells_nobody=flags.callback_url == ""),
        address=settings.engine_address,
        demo_channel=settings.engine_demo_channel,
        log_level=settings.log_level,
        clock=clock,
        tuning=tuning,
    )


def _apps(settings: Settings, tells_nobody: bool) -> Apps:
    """Those of the flags and settings, then those of the file."""
    callback_secret = settings.engine_callback_secret.get_secret_value()
    apps = [
        App(
            AGORA,
            settings.engine_app_id,
            settings.engine_customer_key,
            settings.engine_customer_secret.get_secret_value(),
            "" if tells_nobody else settings.callback_address,
            callback_secret,
        )
    ]
    if settings.engine_anyrtc_app_id:
        apps.append(
            App(
                ANYRTC,
                settings.engine_anyrtc_app_id,
                settings.engine_anyrtc_key,
                settings.engine_anyrtc_secret.get_secret_value(),
                settings.engine_anyrtc_callback_url,
                callback_secret,
            )
        )
    if settings.engine_trtc_sdk_app_id:
        apps.append(
            App(
                TRTC,
                settings.engine_trtc_sdk_app_id,
                settings.engine_trtc_secret_id,
                settings.engine_trtc_secret_key.get_secret_value(),
                settings.engine_trtc_callback_url,
                callback_secret,
                settings.engine_trtc_app_secret.get_secret_value(),
            )
        )
    path = settings.engine_apps
    try:
        return Apps([*apps, *(read_apps(Path(path)) if path else ())])
    except (OSError, ValueError) as fault:
        raise SystemExit(f"The apps of the engine ({path or 'flags'}): {fault}") from fault


_CLOCK = (
    "virtual: recordings run as fast as the machine allows, from the time of their start on. "
    "Whoever joins or leaves through the studio interface, and every layout, takes hold at the "
    "moment that a recording has come to: let people in before it starts. It goes on until the "
    "stop; with --tune virtual_s=N it stands still after N seconds, and waits for it"
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboard.engine",
        description="The recording cloud on one machine. What is not given here comes from "
        "TALLYDECK_ENGINE_* and from keys.env in the data folder of the installation.",
    )
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument("--data", help="folder for buckets and running recordings")
    parser.add_argument("--app-id", help="App ID that the doors know")
    parser.add_argument("--customer-key", help="key of the Basic authorization")
    parser.add_argument("--customer-secret", help="its secret (better in the environment)")
    parser.add_argument("--callback-url", help='where to report; "" reports nowhere')
    parser.add_argument("--callback-secret", help="signs the reports (better in the environment)")
    parser.add_argument("--anyrtc-app-id", help="App ID of an app that speaks anyRTC")
    parser.add_argument("--anyrtc-key", help="its customer key")
    parser.add_argument("--anyrtc-secret", help="its secret (better in the environment)")
    parser.add_argument("--anyrtc-callback-url", help="where to report of its recordings")
    parser.add_argument("--trtc-sdk-app-id", help="SdkAppId of an app that speaks TRTC")
    parser.add_argument("--trtc-secret-id", help="SecretId that its calls are signed with")
    parser.add_argument("--trtc-secret-key", help="its SecretKey (better in the environment)")
    parser.add_argument("--trtc-app-secret", help="key of its UserSigs (better in the environment)")
    parser.add_argument("--trtc-callback-url", help="where to report of its recordings")
    parser.add_argument("--apps", help="JSON file with more apps, of any dialect")
    parser.add_argument("--demo-channel", help='channel with three test cards; "" makes none')
    parser.add_argument("--clock", choices=("live", "virtual"), default="live", help=_CLOCK)
    parser.add_argument(
        "--tune", action="append", default=[], metavar="NAME=VALUE", help="move a limit"
    )
    return parser


def _tuned(pairs: Sequence[str]) -> Tuning:
    defaults = dataclasses.asdict(Tuning())
    changes: dict[str, object] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in defaults:
            raise SystemExit(f"--tune: there is no {name!r}; choose of {', '.join(defaults)}")
        try:
            changes[name] = _like(defaults[name], value)
        except ValueError as fault:
            raise SystemExit(f"--tune {name}: {value!r} is not a number") from fault
    return Tuning(**changes)


def _like(default: object, value: str) -> object:
    if isinstance(default, tuple):
        kind = type(default[0]) if default else str
        return tuple(kind(part) for part in value.split(","))
    return type(default)(value)
