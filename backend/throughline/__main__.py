"""The command: `throughline serve | up | migrate | seed | config | doctor | backup | restore | verify | …`.

Data goes to stdout, progress to stderr or a terminal; exit codes are 0 fine, 1 it did not work, 2 it was asked wrongly.
Each verb reads its settings and then imports what it needs, so that `--help` and a wrong setting answer at once.
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from throughline import __version__
from throughline.settings import Settings, SettingsError, load, shown

app = App(name="throughline", version=__version__, help="One conversation, every channel, live.")
tenant = App(name="tenant", help="Organisations.")
user = App(name="user", help="Sign-ins.")
app.command(tenant)
app.command(user)
slack = App(name="slack", help="Slack.")
app.command(slack)

MemberRole = Literal["customer", "operator", "reviewer", "admin", "owner"]


def settings() -> Settings:
    """The environment over `.env`, or exit 2 with what is wrong."""
    try:
        return load(os.environ, Path(".env"))  # noqa: TID251 - the command line is where the environment comes in
    except SettingsError as error:
        print(f"throughline: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)


@app.command
def serve() -> int:
    """Serve an installation: no demo data, no sandbox; the model is the one that the environment names."""
    given = settings()
    from throughline.command.serve import serve

    return serve(given)


@app.command
def up() -> int:
    """Serve the demo on this machine: migrate, seed, start the sandbox, check that an answer streams."""
    given = settings()
    from throughline.command.up import up

    return up(given)


@app.command
def migrate() -> int:
    """Bring the store to this version's schema. Safe to repeat."""
    given = settings()
    from throughline.command.upkeep import migrate_store

    return migrate_store(given)


@app.command
def seed() -> int:
    """Add the demo data that is missing. Only for a demo installation."""
    given = settings()
    from throughline.command.upkeep import seed_store

    return seed_store(given)


@app.command
def config() -> int:
    """Print the effective settings, secrets masked."""
    for name, value in shown(settings()).items():
        print(f"{name}={value}")  # noqa: T201
    return 0


@app.command
def doctor(
    channel: Annotated[str, Parameter(help="slack, gmail, whatsapp, telegram or sms.")],
    *,
    tenant: Annotated[str, Parameter(help="Only this organisation's accounts, by its short name.")] = "",
) -> int:
    """Say how a channel's accounts are and what to do about it. A gateway may run meanwhile."""
    given = settings()
    from throughline.command.doctor import doctor

    return doctor(given, channel, tenant)


@app.command
def backup(
    to: Annotated[Path, Parameter(help="The folder to make: best on another disk.")],
) -> int:
    """Copy everything into a new folder. A gateway may run meanwhile."""
    given = settings()
    from throughline.command.copies import backup

    return backup(given, to)


@app.command
def restore(
    source: Annotated[Path, Parameter(help="A folder that `backup` has made.")],
    *,
    replace: Annotated[bool, Parameter(negative="", help="Move what is in the data folder aside.")] = False,
) -> int:
    """Make the data folder from a backup. Nothing may serve it meanwhile."""
    given = settings()
    from throughline.command.copies import restore

    return restore(given, source, replace=replace)


@app.command
def verify(
    folder: Annotated[Path | None, Parameter(help="A data folder or a backup; else THROUGHLINE_DATA.")] = None,
) -> int:
    """Check that all of a store, or of a backup, is there and can be read. A gateway may run meanwhile."""
    given = settings()
    from throughline.command.copies import verify

    return verify(given, folder)


@tenant.command(name="create")
def create_tenant(
    slug: Annotated[str, Parameter(help="Its short name, used by other commands.")],
    *,
    name: Annotated[str, Parameter(help="Its full name.")] = "",
    no_limits: Annotated[bool, Parameter(negative="", help="No limits at all: load tests, trusted programs.")] = False,
) -> int:
    """Make an organisation."""
    given = settings()
    from throughline.command.upkeep import add_tenant

    return add_tenant(given, slug, name, no_limits=no_limits)


@user.command(name="create")
def create_user(
    email: Annotated[str, Parameter(help="The address to sign in with.")],
    *,
    tenant: Annotated[str, Parameter(help="The organisation's short name.")],
    role: Annotated[
        MemberRole, Parameter(help="A customer talks with the agent; the others are members.")
    ] = "customer",
    name: Annotated[str, Parameter(help="The shown name.")] = "",
) -> int:
    """Make a sign-in. The password is read from the terminal, or from stdin when it is piped."""
    given = settings()
    from throughline.command.upkeep import add_user

    return add_user(given, tenant, email, name, role)


@slack.command(name="manifest")
def slack_manifest(
    *,
    socket: Annotated[bool, Parameter(negative="", help="For Socket Mode: no public address is needed.")] = False,
    base_url: Annotated[str, Parameter(help="Where Slack reaches us; else THROUGHLINE_PUBLIC_URL.")] = "",
    account: Annotated[str, Parameter(help="The account's id, as the admin page shows it.")] = "env-slack",
) -> int:
    """Print the manifest of a Slack app, to paste at api.slack.com/apps: Create New App, From a manifest."""
    given = settings()
    from throughline.command.slack import manifest_of

    document = manifest_of(given, base_url, account, socket=socket)
    return 2 if document is None else _print(document)


@app.command
def openapi() -> int:
    """Print openapi.json."""
    from throughline.api.door import described

    return _print(described(__version__))


@app.command
def asyncapi() -> int:
    """Print asyncapi.json."""
    from throughline.api.documents import asyncapi as described

    return _print(described(__version__))


def _print(document: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return 0


def main() -> None:
    """The entry point of the `throughline` command."""
    # Nothing that is made while modules load is garbage; whoever serves switches it on again.
    gc.disable()
    sys.exit(app())


if __name__ == "__main__":
    main()
