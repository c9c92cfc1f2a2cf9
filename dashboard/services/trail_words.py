"""The audit trail told: one sentence for each action, by the word that `audit.note` was given.

Values come from the note's detail; `name` is what the subject was called then. An action
without a sentence (of a newer or an older version) is shown by its word.
"""

import re
from collections.abc import Mapping
from typing import Any

from dashboard.errors import Text, text

SENTENCES: Mapping[str, Text] = {
    "sign_in": text("Signed in."),
    "sign_in.refused": text("Was not let in as %(name)s."),
    "sign_out": text("Signed out."),
    "session.end": text("Ended an own session (%(device)s)."),
    "invite": text("Invited %(name)s as %(role)s."),
    "password.set": text("Took up a link and set a password."),
    "password.change": text("Changed the own password."),
    "password.link": text("Made a link for %(name)s to set a password."),
    "user.add": text("Added %(name)s as %(role)s."),
    "user.role": text("Made %(name)s %(role)s."),
    "user.disable": text("Shut %(name)s out."),
    "user.enable": text("Let %(name)s in again."),
    "user.preferences": text("Chose language or theme."),
    "recording.start": text("Started recording %(name)s."),
    "recording.stop": text("Stopped recording %(name)s."),
    "recording.mark_ended": text("Marked the recording of %(name)s as ended: %(reason)s"),
    "recording.acknowledge": text("Has seen that the recording of %(name)s went wrong."),
    "layout.applied": text("Applied a layout to the recording of %(name)s."),
    "layout.refused": text("Wanted another layout for the recording of %(name)s; it was refused."),
    "layout.unknown": text("Wanted another layout for the recording of %(name)s; no answer came."),
    "subscription.applied": text("Changed whom the recording of %(name)s records."),
    "subscription.refused": text(
        "Wanted to change whom the recording of %(name)s records; it was refused."
    ),
    "subscription.unknown": text(
        "Wanted to change whom the recording of %(name)s records; no answer came."
    ),
    "channel.create": text("Added channel %(name)s."),
    "channel.edit": text("Changed channel %(name)s."),
    "channel.archive": text("Archived channel %(name)s."),
    "channel.unarchive": text("Brought channel %(name)s back."),
    "channel.layout": text("Changed the layout of channel %(name)s."),
    "channel.subscription": text("Changed whom channel %(name)s records."),
    "channel.import": text("Brought a vendor's request into channel %(name)s."),
    "profile.create": text("Added recording profile %(name)s."),
    "profile.edit": text("Changed recording profile %(name)s."),
    "profile.import": text("Brought a vendor's request in as recording profile %(name)s."),
    "profile.duplicate": text("Copied a recording profile as %(name)s."),
    "profile.archive": text("Archived recording profile %(name)s."),
    "profile.unarchive": text("Brought recording profile %(name)s back."),
    "saved_layout.create": text("Saved layout %(name)s."),
    "saved_layout.version": text("Saved version %(version)s of layout %(name)s."),
    "saved_layout.rename": text("Renamed a saved layout to %(name)s."),
    "saved_layout.tags": text("Changed the tags of layout %(name)s."),
    "saved_layout.archive": text("Archived layout %(name)s."),
    "saved_layout.unarchive": text("Brought layout %(name)s back."),
    "scene.add": text("Added scene %(name)s."),
    "scene.rename": text("Renamed a scene to %(name)s."),
    "scene.replace": text("Put another layout into scene %(name)s."),
    "scene.move": text("Moved scene %(name)s."),
    "scene.remove": text("Removed scene %(name)s."),
    "account.create": text("Added account %(name)s."),
    "account.edit": text("Changed account %(name)s."),
    "account.secret.add": text("Gave account %(name)s a new callback secret."),
    "account.secret.back": text("Took the newest callback secret of account %(name)s back."),
    "account.secret.retire": text("Retired the older callback secret of account %(name)s."),
    "account.disable": text("Disabled account %(name)s."),
    "account.enable": text("Enabled account %(name)s."),
    "account.test": text("Tested account %(name)s."),
    "storage.create": text("Added storage %(name)s."),
    "storage.edit": text("Changed storage %(name)s."),
    "storage.disable": text("Disabled storage %(name)s."),
    "storage.enable": text("Enabled storage %(name)s."),
    "storage.test": text("Tested storage %(name)s."),
    "callback.replay": text("Replayed a callback of %(name)s."),
    "callback.test": text("Sent a test callback to account %(name)s."),
    "schedule.create": text("Added schedule %(name)s."),
    "schedule.edit": text("Changed schedule %(name)s."),
    "schedule.import": text("Brought schedule %(name)s in from a calendar."),
    "schedule.on": text("Turned schedule %(name)s on."),
    "schedule.off": text("Turned schedule %(name)s off."),
    "schedule.remove": text("Removed schedule %(name)s."),
    "schedule.skip": text("Left out one time of schedule %(name)s: %(time)s"),
    "schedule.unskip": text("Took back a left-out time of schedule %(name)s: %(time)s"),
    "schedule.missed": text("Schedule %(name)s missed its time: %(why)s"),
    "schedule.refused": text("Schedule %(name)s could not start: %(why)s"),
    "alert.acknowledge": text("Has seen the alert about %(name)s."),
    "alert.retry": text("Sent a message of an alert once more."),
    "alert_rule.create": text("Added alert rule %(name)s."),
    "alert_rule.edit": text("Changed alert rule %(name)s."),
    "alert_rule.disable": text("Turned alert rule %(name)s off."),
    "alert_rule.enable": text("Turned alert rule %(name)s on."),
    "alert_destination.create": text("Added alert destination %(name)s."),
    "alert_destination.edit": text("Changed alert destination %(name)s."),
    "alert_destination.disable": text("Turned alert destination %(name)s off."),
    "alert_destination.enable": text("Turned alert destination %(name)s on."),
    "alert_destination.test": text("Sent a test message to alert destination %(name)s."),
    "vault.rotate": text("Changed the key of the vault; %(sealed)s secrets were sealed anew."),
    "audit.export": text("Exported the audit trail."),
}

SUBJECTS: Mapping[str, Text] = {
    "user": text("Person"),
    "recording": text("Recording"),
    "channel": text("Channel"),
    "recording_profile": text("Recording profile"),
    "saved_layout": text("Saved layout"),
    "scene": text("Scene"),
    "account": text("Account"),
    "storage": text("Storage"),
    "callback": text("Callback"),
    "schedule": text("Schedule"),
    "alert": text("Alert"),
    "alert_message": text("Message of an alert"),
    "alert_rule": text("Alert rule"),
    "alert_destination": text("Alert destination"),
    "vault": text("Vault"),
    "audit": text("Audit trail"),
}

_NAMED = re.compile(r"%\((\w+)\)s")


def sentence(action: str, detail: Mapping[str, Any]) -> Text:
    """What was done. A value that the note lacks is shown as "?"."""
    known = SENTENCES.get(action)
    if known is None:
        return Text(UNKNOWN.template, {"action": action})
    names = _NAMED.findall(known.template)
    return Text(known.template, {name: _value(name, detail.get(name, "?")) for name in names})


def is_known(action: str) -> bool:
    return action in SENTENCES


def subject_word(subject: str) -> Text:
    return SUBJECTS.get(subject, Text(subject))


def _value(name: str, value: Any) -> Text | str:
    return ROLE_WORDS.get(value, value) if name == "role" else str(value)


ROLE_WORDS = {
    "viewer": text("Viewer"),
    "operator": text("Operator"),
    "administrator": text("Administrator"),
}
UNKNOWN = text("Something this version has no sentence for: %(action)s")
