"""Commands for whoever runs the machine: `flask --app app user …`, `… vault rotate`."""

import getpass
import sys
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from dashboard.services import context, people, rotation
from dashboard.services.people import InvalidInput


class _Commands(AppGroup):
    """Commands whose traces in the audit trail name the user of the machine who gave them."""

    def invoke(self, ctx: click.Context) -> Any:
        with context.acting_as(f"command line ({_machine_user()})"):
            return super().invoke(ctx)


def _machine_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


user = _Commands("user", help="The people who may sign in.")
safe = _Commands("vault", help="The key that seals the vendors' secrets.")

ROLE_WORDS = {
    "viewer": "viewer",
    "operator": "operator",
    "administrator": "administrator",
    "admin": "administrator",
}
_role = click.option(
    "--role", type=click.Choice(list(ROLE_WORDS)), default="viewer", show_default=True
)


def register(app: Flask) -> None:
    app.cli.add_command(user)
    app.cli.add_command(safe)


@safe.command("rotate")
def rotate() -> None:
    """Seal every secret anew, under a new key where keys.env holds it.

    May be broken off and begun again at any moment: until it is done, the old key opens what it
    has not come to yet.
    """
    done = rotation.rotate()
    click.echo(f"{done.sealed} secrets are sealed under the new key, in {done.columns} columns.")
    click.echo(
        "The old key is no longer in keys.env and opens nothing that is here now."
        if done.in_file
        else "Take TALLYDECK_ENCRYPTION_KEY_OLD out of the environment now."
    )


@user.command("add")
@click.argument("email")
@_role
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
)
def add(email: str, role: str, password_stdin: bool) -> None:
    """Add a person with a password."""
    password = (
        sys.stdin.readline().rstrip("\r\n")
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with _told():
        people.add_user(email, ROLE_WORDS[role], password)
    click.echo(f"{email} can sign in as {ROLE_WORDS[role]}.")


@user.command("invite")
@click.argument("email")
@_role
def invite(email: str, role: str) -> None:
    """Print a one-time link with which a person chooses a password, good for 24 hours."""
    with _told():
        token = people.create_invite(email, ROLE_WORDS[role])
    click.echo(f"{context.settings().address}/welcome/{token}")


@user.command("list")
def show() -> None:
    """List everybody."""
    for row in people.list_users():
        state = "disabled" if row.disabled else "invited" if row.pending else "active"
        click.echo(f"{row.id}\t{row.email}\t{row.role}\t{state}")


class _told:  # noqa: N801 - reads as a statement
    """Mistakes in what was typed, on one line each, with exit status 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, InvalidInput):
            lines = "\n".join(f"{p.where or 'input'}: {p.what}" for p in fault.problems)
            raise click.UsageError(lines) from None
