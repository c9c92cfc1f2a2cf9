"""anyRTC's account, spoken to in the shared dialect."""

from dataclasses import replace

from dashboard.providers.agora.client import explain
from dashboard.providers.anyrtc import payloads
from dashboard.providers.anyrtc.abilities import CAPABILITIES
from dashboard.providers.base import AccountConfig, Gate, RecordingProvider
from dashboard.providers.cloud_recording import CloudRecordingClient
from dashboard.providers.studio import StudioClient

__all__ = ["CAPABILITIES", "make"]


def make(
    config: AccountConfig, gate: Gate | None = None, studio: StudioClient | None = None
) -> RecordingProvider:
    return CloudRecordingClient(
        config,
        gate,
        payloads=payloads,
        explain=explain,
        capabilities=replace(CAPABILITIES, studio=config.studio),
        studio=studio,
    )
