"""What a channel or profile would send its vendor, shown without secrets, and taken over again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from dashboard.domain.recording import Profile, RecordingSpec, StorageTarget
from dashboard.errors import DashboardError, InvalidInput, NotFound, Problem, Text, text
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.models import StorageTarget as StorageRow
from dashboard.providers import registry
from dashboard.providers.base import ReadRequest, SentRequest
from dashboard.services import audit, profile_form, profiles, storage_targets
from dashboard.services.layouts import documents
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import CHANNELS, transaction

_SOME_CHANNEL = "CHANNEL"
_SOME_UID = "1"
_SOME_APP = "APP_ID"
_HIDDEN = "(left out)"


@dataclass(frozen=True)
class Shown:
    """One request. body: JSON text. curl: a line for a shell; keys come from its variables."""

    call: str
    url: str
    body: str
    curl: str
    remark: Text | None = None


@dataclass(frozen=True)
class Sent:
    """requests: in the order they go out. fault: why they cannot be written."""

    id: int
    name: str
    vendor: str
    requests: tuple[Shown, ...] = ()
    fault: Text | None = None


def sent_by_channel(channel_id: int, actor: Actor) -> Sent:
    """Raises Forbidden, NotFound."""
    need(actor, "operate")
    row = db.session.get(Channel, channel_id)
    if row is None:
        raise NotFound(text("There is no such channel."))
    account = row.account
    try:
        target = _without_keys(storage_targets.chosen(account, row.storage_id).target)
    except DashboardError:
        target = _some_store(account.vendor)
    spec = RecordingSpec(row.name, Profile.from_json(row.profile), target, _HIDDEN)
    return _sent(row.id, row.name, account.vendor, spec, account.base_url, account.app_id)


def sent_by_profile(profile_id: int, actor: Actor) -> Sent:
    """The same for a made-up channel. Raises Forbidden, NotFound."""
    need(actor, "operate")
    row = profiles.get(profile_id)
    profile = replace(row.profile, recorder_uid=_SOME_UID)
    target = storage_targets.get(row.storage_id) if row.storage_id else None
    store = _without_keys(storage_targets.target_of(target)) if target else None
    spec = RecordingSpec(_SOME_CHANNEL, profile, store or _some_store(row.vendor), _HIDDEN)
    bases = registry.capabilities_for(row.vendor).base_urls
    return _sent(row.id, row.name, row.vendor, spec, bases[0] if bases else "", _SOME_APP)


@dataclass(frozen=True)
class Taken:
    """left_out: members that have no place here. storage: one that is none of ours, by name."""

    profile_id: int
    left_out: tuple[str, ...]
    storage: str | None


def into_profile(words: str, name: str, vendor: str, actor: Actor) -> Taken:
    """A new profile from a vendor's request.

    Its storage is taken over where it is one of ours; keys never are.
    Raises Forbidden, InvalidInput.
    """
    need(actor, "operate")
    read = _read(words, vendor)
    profile = _judged(replace(read.profile, recorder_uid=""), vendor)
    storage_id = _our_store(read, vendor)
    created = profiles.create_read(name, vendor, profile, storage_id, actor)
    named = read.storage if storage_id is None else None
    return Taken(created, read.left_out, named and (named.bucket or named.kind))


def into_channel(channel_id: int, words: str, actor: Actor) -> tuple[str, ...]:
    """Record a channel as a vendor's request says, from the next start on.

    Its name, recorder uid and storage stay. Returns members that have no place here.
    Raises Forbidden, NotFound, InvalidInput.
    """
    need(actor, "operate")
    row = db.session.get(Channel, channel_id)
    if row is None:
        raise NotFound(text("There is no such channel."))
    read = _read(words, row.account.vendor)
    uid = row.profile["recorder_uid"]
    profile = _judged(replace(read.profile, recorder_uid=uid), row.account.vendor)
    with transaction() as work:
        channel = work.session.get(Channel, channel_id)
        before, channel.profile = audit.told(channel), profile.to_json()
        audit.note(work, "channel.import", "channel", channel_id, actor=actor, name=channel.name,
                   before=before, after=audit.told(channel))  # fmt: skip
        work.touch(CHANNELS)
    return read.left_out


# ---------------------------------------------------------------- helpers


def _sent(
    id_: int, name: str, vendor: str, spec: RecordingSpec, base_url: str, app_id: str
) -> Sent:
    try:
        found = registry.request_format(vendor).requests_of(spec, base_url, app_id)
    except DashboardError as fault:
        return Sent(id_, name, vendor, fault=fault.message)
    return Sent(id_, name, vendor, tuple(map(_shown, found)))


def _our_store(read: ReadRequest, vendor: str) -> int | None:
    """The storage target of ours that a request writes to."""
    named = read.storage
    if named is None:
        return None
    query = select(StorageRow).where(
        StorageRow.kind == named.kind,
        StorageRow.bucket == named.bucket,
        StorageRow.archived_at.is_(None),
    )
    for row in db.session.scalars(query.order_by(StorageRow.id)):
        same = row.region == named.region and named.endpoint in (None, row.endpoint)
        if same and storage_targets.why_no_account(vendor, row) is None:
            return row.id
    return None


def _shown(request: SentRequest) -> Shown:
    body = json.dumps(request.body, indent=2, ensure_ascii=False)
    return Shown(request.call, request.url, body, request.curl, request.remark)


def _read(words: str, vendor: str) -> ReadRequest:
    if vendor not in registry.vendors():
        raise InvalidInput([Problem("vendor", text("Choose one of the list."))])
    try:
        document: Mapping = documents.read_json(words)
    except InvalidInput:
        raise InvalidInput(
            [Problem("request", text("This is not JSON that we can read."))]
        ) from None
    format_ = registry.request_format(vendor)
    if not format_.is_request(document):
        raise InvalidInput([Problem("request", text("There is no start of a recording in this."))])
    try:
        return format_.read_request(document)
    except InvalidInput as fault:
        raise InvalidInput([_named(problem) for problem in fault.problems]) from None


def _named(problem: Problem) -> Problem:
    what = text("%(member)s: %(why)s", member=problem.where or "?", why=problem.what)
    return Problem("request", what)


def _judged(profile: Profile, vendor: str) -> Profile:
    """Raises InvalidInput with what an account of this vendor would refuse."""
    found = [
        Problem("request", text("%(member)s: %(why)s", member=problem.where, why=problem.what))
        for problem in profile_form.problems_with(profile, registry.capabilities_for(vendor))
        if profile.recorder_uid or problem.where != "recorder_uid"
    ]
    try:
        documents.judge(profile.layout, documents.family_of(vendor), profile.canvas)
    except InvalidInput as fault:
        found += [_named(problem) for problem in fault.problems]
    if found:
        raise InvalidInput(found)
    return profile


def _without_keys(target: StorageTarget) -> StorageTarget:
    """The formats leave keys out themselves; here they are not even opened to them."""
    hidden = _HIDDEN if target.access_key else ""
    token = _HIDDEN if target.sts_token else ""
    return replace(target, access_key=hidden, secret_key=hidden, sts_token=token)


def _some_store(vendor: str) -> StorageTarget:
    offer = registry.capabilities_for(vendor).stores[0]
    region = offer.regions[0] if offer.regions else None
    return StorageTarget(
        offer.kind,
        "BUCKET",
        access_key=_HIDDEN,
        secret_key=_HIDDEN,
        region=region,
        endpoint="https://STORE",
    )
