"""Agora's own Python client, pointed at an engine.

The client has no setting for the address (agora-anyrtc.md section 13): its domain would
look up the vendor's hosts and start a thread that never ends, so both are replaced.
"""

from pathlib import Path
from types import SimpleNamespace

import av
from agora_rest_client.core.client import Client
from agora_rest_client.core.domain import Domain, EndpointRegion
from agora_rest_client.services.cloud_recording.v1 import api_start
from agora_rest_client.services.cloud_recording.v1.individual_recording import (
    individual_recording_client,
)
from agora_rest_client.services.cloud_recording.v1.mix_recording import mix_recording_client
from agora_rest_client.services.cloud_recording.v1.web_recording import web_recording_client

FILE_KEYS = ["fileName", "trackType", "uid", "mixedAllUser", "isPlayable", "sliceStartTime"]
_CLIENTS = {
    "mix": mix_recording_client.MixRecordingClient,
    "individual": individual_recording_client.IndividualRecordingClient,
    "web": web_recording_client.WebRecordingClient,
}


class LocalDomain(Domain):
    """Has one host, and asks nobody for it."""

    def run(self, logger):
        self.set_logger(logger)
        self._domain_list = ["local"]


def point_at(monkeypatch, address: str) -> None:
    def local(self, host, path, service_region=None):
        return f"{address}/{service_region}{path}" if service_region else address + path

    monkeypatch.setattr(Client, "get_api_url", local)


def client(mode: str, app_id: str, key: str, secret: str, area: str | None = None):
    """area: put before the path, as the client does where a service region is chosen."""
    return (
        _CLIENTS[mode]
        .new_builder()
        .with_app_id(app_id)
        .with_credential_basic_auth(key, secret)
        .with_domain(LocalDomain(EndpointRegion.US.value, area))
        .build()
    )


def recorder(mode: str, engine, area: str | None = None):
    return client(mode, engine.app_id, *engine.auth, area)


def begun(recorder, cname: str, uid: str, **start) -> SimpleNamespace:
    """Acquire and start. Returns the client's own answers and how to address the recording."""
    acquired = recorder.acquire(cname, uid, resource_expired_hour=24)
    started = recorder.start(acquired.resourceId, cname, uid, **start)
    return SimpleNamespace(
        cname=cname,
        uid=uid,
        rid=acquired.resourceId,
        sid=started.sid,
        acquired=acquired,
        started=started,
        by_id=(acquired.resourceId, started.sid),
        by_name=(acquired.resourceId, started.sid, cname, uid),
    )


def store(**more):
    return api_start.StorageConfig(
        vendor=1, region=0, bucket="rec", accessKey="AK", secretKey="SK", **more
    )


def is_playable(path: Path) -> bool:
    with av.open(str(path)) as media:
        return len(list(media.decode())) > 5
