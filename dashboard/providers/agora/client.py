"""Agora's account, spoken to in the shared dialect with Agora's own bodies and error table."""

from dataclasses import replace

from dashboard.protocols import agora_errors
from dashboard.providers.agora import payloads, tokens
from dashboard.providers.agora.abilities import CAPABILITIES
from dashboard.providers.base import AccountConfig, Gate, RecordingProvider
from dashboard.providers.cloud_recording import CloudRecordingClient
from dashboard.providers.faults import Explained
from dashboard.providers.studio import StudioClient

__all__ = ["CAPABILITIES", "explain", "make"]


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
        token_for=tokens.token_for,
    )


def explain(call: str, http_status: int, code: int | None, words: str) -> Explained | None:
    row = agora_errors.find(call, http_status, code, words)
    if row is None:
        return None
    return Explained(row.meaning, row.remedy, begun=row.started, retry=row.retry)
