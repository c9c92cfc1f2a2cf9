"""What screens ask for. Everything comes back as a read model; nothing is changed here.

A digest changes whenever its screen would show something else, and costs one small select.
"""

from dashboard.services.reading.channel_lists import (
    account_choices,
    channel_choices,
    channel_form,
    channel_row,
    channels,
    channels_digest,
    new_channel_form,
)
from dashboard.services.reading.house import on_air, shell
from dashboard.services.reading.recording_list import recordings, recordings_digest
from dashboard.services.reading.recording_page import (
    delivery,
    preview,
    recording,
    recording_digest,
)
from dashboard.services.reading.recording_truth import truth
from dashboard.services.reading.timeline import of as timeline

__all__ = [
    "account_choices",
    "channel_choices",
    "channel_form",
    "channel_row",
    "channels",
    "channels_digest",
    "delivery",
    "new_channel_form",
    "on_air",
    "preview",
    "recording",
    "recording_digest",
    "recordings",
    "recordings_digest",
    "shell",
    "timeline",
    "truth",
]
