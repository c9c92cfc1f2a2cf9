"""What a new installation starts with. Safe to run at every start."""

from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.domain.recording import Profile, StorageTarget
from dashboard.extensions import db
from dashboard.models import Account, Channel, User
from dashboard.services import accounts, context, people, storage_targets
from dashboard.services.unit_of_work import CHANNELS, Transaction, transaction
from dashboard.settings import Settings

BUILTIN_NAME = "Built-in engine"
STORAGE_NAME = "Local folder"
BUCKET = "recordings"
RECORDER_UID = "900001"
FIRST_EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Seeded:
    """invite_token: for the first administrator, while nobody can sign in."""

    account_id: int
    invite_token: str | None


def ensure_defaults(settings: Settings) -> Seeded:
    """The built-in engine's account, a channel with test cards, the first administrator.

    The account follows the settings: address, keys and folder are taken from them each time.
    """
    with transaction() as work:
        account = work.session.scalar(select(Account).where(Account.builtin.is_(True)))
        if account is None:
            account = _add_account(work, settings)
            _add_channel(work, account.id, settings)
        else:
            _follow(work, account, settings)
        account_id = account.id
    return Seeded(account_id, _first_invite())


def _add_account(work: Transaction, settings: Settings) -> Account:
    storage = storage_targets.add(work, STORAGE_NAME, _storage(), builtin=True)
    return accounts.add(
        work,
        name=BUILTIN_NAME,
        vendor="agora",
        base_url=settings.engine_address,
        app_id=settings.engine_app_id,
        url_key=settings.engine_account_key,
        storage_id=storage.id,
        studio=True,
        builtin=True,
        **_secrets(settings),
    )


def _follow(work: Transaction, account: Account, settings: Settings) -> None:
    account.base_url = settings.engine_address
    account.app_id = settings.engine_app_id
    account.url_key = settings.engine_account_key
    accounts.seal_secrets(account, **_secrets(settings))
    if account.storage_id is None:
        account.storage_id = storage_targets.add(work, STORAGE_NAME, _storage(), builtin=True).id


def _secrets(settings: Settings) -> dict:
    return {
        "credentials": {
            "customer_key": settings.engine_customer_key,
            "customer_secret": settings.engine_customer_secret.get_secret_value(),
        },
        "callback_secrets": (settings.engine_callback_secret.get_secret_value(),),
    }


def _storage() -> StorageTarget:
    """A bucket of the engine's; the folder is that of the settings."""
    return StorageTarget(storage_targets.LOCAL, BUCKET)


def _add_channel(work: Transaction, account_id: int, settings: Settings) -> None:
    if settings.engine_demo_channel:
        work.session.add(
            Channel(
                account_id=account_id,
                name=settings.engine_demo_channel,
                profile=Profile(recorder_uid=RECORDER_UID).to_json(),
                created_at=context.now(),
            )
        )
        work.touch(CHANNELS)


def _first_invite() -> str | None:
    """A fresh link each time, until somebody has taken one up."""
    with_password = select(func.count()).select_from(User).where(User.password_hash.is_not(None))
    if db.session.scalar(with_password):
        return None
    return people.create_invite(FIRST_EMAIL, "administrator")
