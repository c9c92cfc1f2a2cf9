"""Puts the engine together: what recordings share, the doors, the web application."""

from aiohttp import web

from dashboard.engine.apps import AGORA, ANYRTC, TRTC
from dashboard.engine.budget import Budget
from dashboard.engine.channels import Channels
from dashboard.engine.cloud import Cloud
from dashboard.engine.config import EngineConfig
from dashboard.engine.doors import agora, agora_notices, anyrtc_notices
from dashboard.engine.doors.body import BODY_LIMIT
from dashboard.engine.doors.gate import Gate, put_errors_into_words, sign
from dashboard.engine.doors.library import LibraryDoor
from dashboard.engine.doors.studio import Studio
from dashboard.engine.doors.trtc import TrtcDoor
from dashboard.engine.doors.trtc_notices import Notices, manner_of
from dashboard.engine.house import Faults, House
from dashboard.engine.images import Images
from dashboard.engine.journal import Journal
from dashboard.engine.library import Library
from dashboard.engine.notifier import Manner, Notifier
from dashboard.engine.supervisor import Workers
from dashboard.engine.uploads.safe import Safe
from dashboard.engine.uploads.targets import Targets


def build_cloud(config: EngineConfig) -> Cloud:
    """Needs a running event loop. Raises OSError when the data folder cannot be used."""
    config.buckets.mkdir(parents=True, exist_ok=True)
    config.media.mkdir(exist_ok=True)
    journal = Journal(config.tasks)
    faults = Faults()
    manners = {
        AGORA: Manner(agora_notices.envelope, config.tuning.retry_gaps_s),
        ANYRTC: Manner(anyrtc_notices.envelope, config.tuning.anyrtc_retry_gaps_s),
        TRTC: manner_of(config.tuning, faults),
    }
    safe = Safe(config.data / "storage.key")
    library = Library(config.library, config.address)
    house = House(
        config=config,
        journal=journal,
        workers=Workers(),
        channels=Channels(config.data / "channels.json", config.demo_channel),
        notifier=Notifier(config.apps, manners, journal, config.tuning, faults.callbacks_of),
        describe={
            AGORA: agora_notices.describe,
            ANYRTC: anyrtc_notices.describe,
            TRTC: Notices(library).describe,
        },
        safe=safe,
        targets=Targets(config.buckets, safe, library.arriving),
        library=library,
        budget=Budget(config.tuning.cpu_share if config.clock == "live" else 0),
        images=Images(config.images, config.tuning.image_hosts),
        faults=faults,
    )
    return Cloud(house)


def build_app(cloud: Cloud) -> web.Application:
    app = web.Application(middlewares=[put_errors_into_words], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(sign)
    gate = Gate(cloud.house.config)
    app.add_routes(agora.AgoraDoor(cloud, gate).routes())
    app.add_routes(TrtcDoor(cloud).routes())
    app.add_routes(LibraryDoor(cloud.house.library).routes())
    app.add_routes(Studio(cloud, gate).routes())
    return app
