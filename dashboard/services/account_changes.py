"""What an administrator can do with accounts: add, change, try out, disable."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import func, select

from dashboard.domain.lifecycle import ACTIVE
from dashboard.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Problem,
    ProviderError,
    Text,
    text,
)
from dashboard.extensions import db
from dashboard.models import Account, Recording
from dashboard.models import StorageTarget as TargetRow
from dashboard.providers import registry, trial
from dashboard.providers.base import RecordingProvider
from dashboard.services import account_form, accounts, audit, context, stale, storage_targets, texts
from dashboard.services.form_reader import is_near
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import CHANNELS, SHELL, Transaction, calling_out, transaction
from dashboard.storage.trial import Step

MOST_SECRETS = 2
CLOCKS_DIFFER_S = 60
LET_IN = text("Be let in with these keys")
CLOCK = text("Clocks agree")
STORE = text("A storage that it can write to")
SECRET = text("Know its callbacks")
ADDRESS = text("A callback address that is a public one")


def create(vendor: str, form: Mapping[str, str], actor: Actor) -> int:
    """Returns the account's id. Raises Forbidden, InvalidInput."""
    need(actor, "administer")
    account_form.abilities(vendor)
    wanted = _checked(vendor, form, {})
    with transaction() as work:
        account = accounts.add(
            work,
            name=wanted.name,
            vendor=vendor,
            base_url=wanted.base_url,
            app_id=wanted.app_id,
            credentials=wanted.credentials,
            callback_secrets=(wanted.callback_secret,) if wanted.callback_secret else (),
            storage_id=wanted.storage_id,
            studio=wanted.studio,
        )
        account.most_recordings = wanted.most_recordings
        _fits(account, "storage_id")
        audit.note(work, "account.create", "account", account.id, actor=actor,
                   name=wanted.name, vendor=vendor, after=audit.told(account))  # fmt: skip
        return account.id


def edit(account_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """Keys left empty stay. Raises Forbidden, NotFound, InvalidInput, Conflict while it records."""
    need(actor, "administer")
    row = accounts.get(account_id)
    before = accounts.config_of(row)
    if row.builtin:
        form = _of_settings(row, form)
    wanted = _checked(row.vendor, form, before.credentials, account_id)
    with transaction() as work:
        account = _get(work, account_id)
        stale.refuse(work, account, form, ("account", account_id))
        moves = (account.app_id, account.base_url) != (wanted.app_id, wanted.base_url)
        if moves and active_on(account_id):
            raise Conflict(text("Address and App ID cannot change while it records."))
        was = audit.told(account)
        changed = _changes(account, before.credentials, wanted)
        account.name, account.app_id, account.base_url = (
            wanted.name, wanted.app_id, wanted.base_url,
        )  # fmt: skip
        account.storage_id, account.studio = wanted.storage_id, wanted.studio
        account.most_recordings = wanted.most_recordings
        accounts.seal_secrets(account, wanted.credentials, before.callback_secrets)
        work.session.flush()
        _fits(account, "storage_id")
        audit.note(work, "account.edit", "account", account_id, actor=actor, changed=changed,
                   name=account.name, before=was, after=audit.told(account))  # fmt: skip
        work.touch(CHANNELS, SHELL)


def add_secret(account_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """A new callback secret; the one before it stays good until it is retired."""
    need(actor, "administer")
    secret = account_form.new_secret(form)
    with transaction() as work:
        account = _secrets_are_ours(_get(work, account_id))
        known = [one for one in accounts.callback_secrets_of(account) if one != secret]
        accounts.seal_callback_secrets(account, (secret, *known)[:MOST_SECRETS])
        audit.note(work, "account.secret.add", "account", account_id, actor=actor,
                   name=account.name)  # fmt: skip


def retire_secret(account_id: int, actor: Actor) -> None:
    """From now on the newest callback secret alone is good."""
    need(actor, "administer")
    with transaction() as work:
        account = _secrets_are_ours(_get(work, account_id))
        known = accounts.callback_secrets_of(account)
        if len(known) < MOST_SECRETS:
            raise Conflict(text("There is no older secret to retire."))
        accounts.seal_callback_secrets(account, known[:1])
        audit.note(work, "account.secret.retire", "account", account_id, actor=actor,
                   name=account.name)  # fmt: skip


def take_back_secret(account_id: int, actor: Actor) -> None:
    """The newest callback secret was a mistake: from now on the one before it alone is good."""
    need(actor, "administer")
    with transaction() as work:
        account = _secrets_are_ours(_get(work, account_id))
        known = accounts.callback_secrets_of(account)
        if len(known) < MOST_SECRETS:
            raise Conflict(text("There is no older secret to go back to."))
        accounts.seal_callback_secrets(account, known[1:])
        audit.note(work, "account.secret.back", "account", account_id, actor=actor,
                   name=account.name)  # fmt: skip


def disable(account_id: int, actor: Actor) -> None:
    """It starts nothing more and its callbacks are refused. Raises Conflict while it records."""
    need(actor, "administer")
    with transaction() as work:
        account = _get(work, account_id)
        active = active_on(account_id)
        if active:
            raise Conflict(
                text("%(name)s is recording. Stop its recordings first.", name=account.name), active
            )
        account.archived_at = account.archived_at or context.now()
        audit.note(work, "account.disable", "account", account_id, actor=actor, name=account.name)
        work.touch(CHANNELS, SHELL)
    registry.forget(account_id)


def enable(account_id: int, actor: Actor) -> None:
    need(actor, "administer")
    with transaction() as work:
        account = _get(work, account_id)
        account.archived_at = None
        audit.note(work, "account.enable", "account", account_id, actor=actor, name=account.name)
        work.touch(CHANNELS, SHELL)


def try_out(account_id: int, actor: Actor) -> tuple[Step, ...]:
    """Ask the vendor, harmlessly. What was found is kept. Raises Forbidden, NotFound."""
    need(actor, "administer")
    row = accounts.get(account_id)
    config = accounts.config_of(row)
    around = (_store_step(row), *callback_steps(row, config.base_url))
    provider = accounts.provider_of(config)
    with calling_out():
        let_in = let_in_step(provider)
        ahead_s = trial.clock_ahead_s(config.base_url)
    steps = (let_in, *_clock(ahead_s), *around)
    _keep(account_id, steps, actor)
    return steps


def active_on(account_id: int) -> int | None:
    """The id of a recording that it is making."""
    return db.session.scalar(
        select(Recording.id)
        .where(
            Recording.account_id == account_id,
            Recording.state.in_([state.value for state in ACTIVE]),
        )
        .limit(1)
    )


def callback_address(account: Account) -> str:
    """What has to be pasted into the vendor's console."""
    return f"{context.settings().address}/callbacks/{account.url_key}"


# ---------------------------------------------------------------- checks


def _checked(
    vendor: str, form: Mapping[str, str], kept: Mapping[str, str], account_id: int = 0
) -> account_form.Wanted:
    """The form's own rules, then those that ask the tables; all problems in one go."""
    problems: list[Problem] = []
    try:
        wanted = account_form.read(vendor, form, kept)
    except InvalidInput as fault:
        problems += fault.problems
    wrong = {problem.where for problem in problems}
    if "name" not in wrong and _is_taken(str(form.get("name") or "").strip(), account_id):
        problems.append(Problem("name", text("Another account has this name.")))
    typed = str(form.get("storage_id") or "").strip()
    if typed and "storage_id" not in wrong:
        target = db.session.get(TargetRow, int(typed))
        if target is None or target.archived_at is not None:
            problems.append(Problem("storage_id", text("Choose one of the list.")))
    if problems:
        raise InvalidInput(problems)
    return wanted


def _is_taken(name: str, account_id: int) -> bool:
    taken = select(Account.id).where(
        func.lower(Account.name) == name.lower(), Account.id != account_id
    )
    return db.session.scalar(taken.limit(1)) is not None


def _fits(account: Account, where: str) -> None:
    """Raises InvalidInput where the account cannot write to its default storage."""
    if account.storage_id is None:
        return
    target = storage_targets.target_of(storage_targets.get(account.storage_id))
    reason = storage_targets.why_not(account, target)
    if reason:
        raise InvalidInput([Problem(where, reason)])


def _of_settings(row: Account, form: Mapping[str, str]) -> dict[str, str]:
    """The built-in account follows the settings in all but its name, storage and limit."""
    config = accounts.config_of(row)
    keys = {account_form.KEY + name: value for name, value in config.credentials.items()}
    names = ("name", "storage_id", "most_recordings", stale.SEEN)
    own = {name: form.get(name, "") for name in names}
    return {"app_id": row.app_id, "base_url": row.base_url, "studio": "1", **keys, **own}


def _secrets_are_ours(account: Account) -> Account:
    if account.builtin:
        raise Conflict(text("The built-in account takes its secrets from the settings."))
    return account


def _changes(
    account: Account, credentials: Mapping[str, str], wanted: account_form.Wanted
) -> list[str]:
    """The names of what becomes different, for the audit: never what it becomes."""
    names = ("name", "app_id", "base_url", "storage_id", "studio", "most_recordings")
    plain = [name for name in names if getattr(account, name) != getattr(wanted, name)]
    keys = sorted({*credentials, *wanted.credentials})
    return plain + [name for name in keys if credentials.get(name) != wanted.credentials.get(name)]


def _get(work: Transaction, account_id: int) -> Account:
    account = work.session.get(Account, account_id)
    if account is None:
        raise NotFound(text("There is no such account."))
    return account


# ---------------------------------------------------------------- trying out


def let_in_step(provider: RecordingProvider) -> Step:
    """Asks the vendor; no transaction may be open."""
    try:
        trial.let_in(provider)
    except ProviderError as fault:
        return Step(LET_IN, _why(fault), needed=True)
    return Step(LET_IN, needed=True)


def _why(fault: ProviderError) -> Text:
    """Our sentence, what to do, and the vendor's own words."""
    said = " · ".join(part for part in (fault.vendor_code, fault.vendor_text) if part)[:300]
    if said:
        return text("%(what)s (%(said)s)", what=fault.advice, said=said)
    return fault.advice


def _clock(ahead_s: float | None) -> tuple[Step, ...]:
    if ahead_s is None:
        return ()
    if abs(ahead_s) < CLOCKS_DIFFER_S:
        return (Step(CLOCK),)
    why = text(
        "This machine's clock and the vendor's differ by %(s)s seconds. Signatures and tokens "
        "made here may be refused.",
        s=round(abs(ahead_s)),
    )
    return (Step(CLOCK, why),)


def _store_step(account: Account) -> Step:
    if account.storage is None:
        return Step(STORE, text("It has no storage yet. Choose one."), remark=True)
    reason = storage_targets.why_not(account, storage_targets.target_of(account.storage))
    return Step(STORE, reason, needed=True)


def callback_steps(account: Account, base_url: str) -> tuple[Step, ...]:
    """A vendor far away cannot reach an address that is good in our own network only."""
    has_one = bool(accounts.callback_secrets_of(account))
    secret = None if has_one else text("Without a callback secret every callback is refused.")
    if is_near(urlsplit(base_url).hostname or ""):
        return (Step(SECRET, secret),)
    here = urlsplit(callback_address(account)).hostname or ""
    why = text("%(host)s cannot be reached from outside. Set TALLYDECK_PUBLIC_URL.", host=here)
    return Step(SECRET, secret), Step(ADDRESS, why if is_near(here) else None)


def _keep(account_id: int, steps: tuple[Step, ...], actor: Actor) -> None:
    fault = next((step.why for step in steps if step.needed and step.why), None)
    with transaction() as work:
        account = _get(work, account_id)
        account.tested_at = context.now()
        account.test_fault = texts.to_json(fault) if fault else None
        audit.note(work, "account.test", "account", account_id, actor=actor, ok=fault is None,
                   name=account.name)  # fmt: skip
    if steps[0].ok:
        accounts.note_answer(account_id)
