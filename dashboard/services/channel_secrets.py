"""The secret of an encrypted channel: a channel's own, or that of the profile it follows.

Sealed wherever it is kept. A recording has a copy of its own, since a start may have to be
repeated word for word after the channel was given another one.
"""

from dashboard.domain.recording import Profile
from dashboard.models import Channel, Recording, RecordingProfile
from dashboard.services import vault
from dashboard.services.channel_form import Wanted

_CHANNEL = "channel/encryption_secret"
_PROFILE = "recording_profile/encryption_secret"
_RECORDING = "recording/encryption_secret"


def keep(channel: Channel, wanted: Wanted) -> None:
    """Seal what was typed; nothing typed keeps what is there, no cipher forgets it."""
    if wanted.profile.encryption is None:
        channel.encryption_secret = None
    elif wanted.secret:
        channel.encryption_secret = vault.seal(wanted.secret, f"{_CHANNEL}/{channel.id}")


def keep_of_profile(row: RecordingProfile, profile: Profile, typed: str) -> None:
    if profile.encryption is None:
        row.encryption_secret = None
    elif typed:
        row.encryption_secret = vault.seal(typed, f"{_PROFILE}/{row.id}")


def is_there(wanted: Wanted, present: Channel | None, followed: RecordingProfile | None) -> bool:
    """Whether an encrypted channel would have a secret."""
    has_own = bool(wanted.secret or (present and present.encryption_secret))
    return (
        wanted.profile.encryption is None
        or has_own
        or bool(followed and followed.encryption_secret)
    )


def of(channel: Channel) -> str:
    """Its own before that of the profile it follows; "" where neither has one."""
    if channel.encryption_secret:
        return vault.unseal(channel.encryption_secret, f"{_CHANNEL}/{channel.id}")
    followed = channel.recording_profile
    if followed and followed.encryption_secret:
        return of_profile(followed)
    return ""


def of_profile(row: RecordingProfile) -> str:
    if not row.encryption_secret:
        return ""
    return vault.unseal(row.encryption_secret, f"{_PROFILE}/{row.id}")


def copy_to(recording: Recording, channel: Channel) -> None:
    """recording: flushed, so that it has an id."""
    if channel.profile.get("encryption"):
        recording.encryption_secret = vault.seal(of(channel), f"{_RECORDING}/{recording.id}")


def of_recording(row: Recording) -> str:
    if not row.encryption_secret:
        return ""
    return vault.unseal(row.encryption_secret, f"{_RECORDING}/{row.id}")
