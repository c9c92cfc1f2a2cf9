"""All that a channel's or a profile's form offers, put together from tables and abilities."""

from collections.abc import Mapping

from sqlalchemy import select

from dashboard.domain.recording import Profile
from dashboard.extensions import db
from dashboard.models import Account, Channel, RecordingProfile, StorageTarget
from dashboard.providers import registry
from dashboard.providers.base import Capabilities
from dashboard.services import profile_form, profile_offers, profiles, storage_targets
from dashboard.services.readmodels_profiles import FormOffers, ThingChoice


def for_channel(values: Mapping[str, str], channel_id: int | None = None) -> FormOffers:
    """values: what is in the form now."""
    account = _account(values.get("account_id", ""))
    can = capabilities_of(account)
    present = db.session.get(Channel, channel_id) if channel_id else None
    row = _profile(values.get("recording_profile_id", ""))
    followed = profiles.written(row) if row else None
    return FormOffers(
        fields=profile_offers.offers(can, values),
        presets=profile_offers.presets(can, values),
        usual=profile_form.written(profiles.usual_for(can)),
        profiles=_profiles(account, row),
        storages=_storages(account),
        own=profiles.own_parts(values, followed) if followed else frozenset(),
        followed=row.name if row else None,
        has_secret=bool((present and present.encryption_secret) or (row and row.encryption_secret)),
    )


def for_profile(values: Mapping[str, str], profile_id: int | None = None) -> FormOffers:
    given = values.get("vendor", "")
    vendor = given if given in registry.vendors() else _first_vendor()
    can = registry.capabilities_for(vendor)
    row = db.session.get(RecordingProfile, profile_id) if profile_id else None
    return FormOffers(
        fields=profile_offers.offers(can, values),
        presets=profile_offers.presets(can, values),
        usual=profile_form.written(profiles.usual_for(can)),
        storages=_storages_of(vendor),
        has_secret=bool(row and row.encryption_secret),
    )


def capabilities_of(account: Account | None) -> Capabilities:
    """Of no account: those of the first vendor, so that a form shows its fields."""
    return registry.capabilities_for(account.vendor if account else _first_vendor())


def refreshed(values: Mapping[str, str], was: str) -> dict[str, str]:
    """A channel's form after another account or profile was chosen in it.

    was: the profile it followed when its fields were filled in. Only what nobody chose is
    changed: a default that the account has not.
    """
    can = capabilities_of(_account(values.get("account_id", "")))
    return _usual_where_nobody_chose(profiles.followed_over(values, was), can)


def refreshed_profile(values: Mapping[str, str]) -> dict[str, str]:
    """A profile's form after another vendor was chosen in it."""
    return _usual_where_nobody_chose(values, registry.capabilities_for(values["vendor"]))


def _usual_where_nobody_chose(values: Mapping[str, str], can: Capabilities) -> dict[str, str]:
    found = dict(values)
    plain, usual = (profile_form.written(p) for p in (Profile(""), profiles.usual_for(can)))
    for field in ("preset", "output"):
        if found.get(field) == plain[field]:
            found[field] = usual[field]
    return found


def _first_vendor() -> str:
    return registry.vendors()[0]


def _account(typed: str) -> Account | None:
    return db.session.get(Account, int(typed)) if _is_id(typed) else None


def _profile(typed: str) -> RecordingProfile | None:
    return db.session.get(RecordingProfile, int(typed)) if _is_id(typed) else None


def _is_id(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10


def _profiles(account: Account | None, chosen: RecordingProfile | None) -> tuple[ThingChoice, ...]:
    """Those of the account's vendor, and the one that is chosen, archived or not."""
    if account is None:
        return ()
    query = select(RecordingProfile).where(RecordingProfile.vendor == account.vendor)
    found = db.session.scalars(query.order_by(RecordingProfile.name, RecordingProfile.id))
    return tuple(
        ThingChoice(row.id, row.name) for row in found if row.archived_at is None or row is chosen
    )


def _storages(account: Account | None) -> tuple[ThingChoice, ...]:
    if account is None:
        return ()
    return tuple(
        ThingChoice(row.id, row.name, storage_targets.against(account, row)) for row in _targets()
    )


def _storages_of(vendor: str) -> tuple[ThingChoice, ...]:
    """For a profile, which is for any account of its vendor."""
    return tuple(
        ThingChoice(row.id, row.name, storage_targets.why_no_account(vendor, row))
        for row in _targets()
    )


def _targets() -> list[StorageTarget]:
    query = select(StorageTarget).where(StorageTarget.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(StorageTarget.name, StorageTarget.id)))
