"""Our ends of channels as an admin, the environment or the demo sets them; secrets are sealed on their way in."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.accounts import Saved, next_status
from throughline.conversation.faults import Fault
from throughline.conversation.records import Account
from throughline.ports import Channel, Knows, Tx, Vault

#: Characters of a secret, an option, and a name.
LONGEST, LONGEST_NAME = 512, 100
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

VAULT_SHUT = Fault(
    "vault_shut", 409, "Secrets cannot be kept: this organisation's key does not open with THROUGHLINE_SECRET.",
    "Start with the THROUGHLINE_SECRET that was in use when the first secret was written.",
)  # fmt: skip


class VaultShut(Exception):  # noqa: N818 - it is a state, not a mistake
    """The tenant's data key cannot be opened with this installation's secret. Nothing was kept."""


class Wanted(Struct, frozen=True):
    """What shall be different; what is left out stays. An empty text removes the option or secret of that name."""

    name: str | None = None
    options: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Wanted({sorted(self.options)}, {sorted(self.secrets)})"


def tidy(wanted: Wanted) -> Wanted:
    """The same without the blanks that come along when something is copied."""
    return Wanted(
        None if wanted.name is None else wanted.name.strip(),
        {name: value.strip() for name, value in wanted.options.items()},
        {name: value.strip() for name, value in wanted.secrets.items()},
    )


def unfit(channel: Channel, wanted: Wanted) -> Fault | None:
    """Why it cannot be written, or None. Pure; nothing of what was given comes back in the words."""
    if wanted.name is not None and not _fits(wanted.name, LONGEST_NAME, empty=False):
        return _bad("bad_name", f"A name has 1 to {LONGEST_NAME} characters in one line.")
    for what, given, known in (
        ("option", wanted.options, channel.options),
        ("secret", wanted.secrets, channel.secrets),
    ):
        if set(given) - set(known):
            names = ", ".join(known) or "none"
            return _bad(f"unknown_{what}", f"An account of this channel has no such {what}. Known: {names}.")
        for name, value in given.items():
            if not _fits(value, LONGEST, empty=True):
                return _bad(f"bad_{what}", f"`{name}` has at most {LONGEST} characters, in one line.")
            wrong = channel.wrong(name, value) if value and isinstance(channel, Knows) else None
            if wrong is not None:
                return _bad(f"bad_{what}", wrong)
    return None


def complete(channel: Channel, account: Account, secrets: Mapping[str, object]) -> bool:
    """Whether everything is there that the channel needs."""
    if isinstance(channel, Knows):
        return channel.complete(account.options, secrets.keys())
    return all(name in secrets for name in channel.secrets)


def write(
    tx: Tx, vault: Vault, channel: Channel, account: Account, wanted: Wanted, fresh_key: bytes, now: int
) -> Account:
    """Change an account that is there; the account after it. Its state begins anew where credentials changed.

    `fresh_key` becomes the tenant's data key if there is none. Raises VaultShut.
    """
    for name, value in wanted.secrets.items():
        if not value:
            tx.accounts.unseal(account.tenant, account.id, name)
            continue
        key = tx.accounts.key(account.tenant)
        if key is None:
            tx.accounts.keep_key(account.tenant, fresh_key, now)
            key = fresh_key
        sealed = vault.seal(key, account.tenant, account.id, name, value)
        if sealed is None:
            raise VaultShut
        tx.accounts.seal(account.tenant, account.id, name, sealed, now)
    options = {**account.options, **wanted.options}
    after = replace(
        account,
        name=wanted.name or account.name,
        options={name: value for name, value in options.items() if value},
    )
    if wanted.secrets or after.options != account.options:
        there = tx.accounts.sealed(account.tenant, account.id)
        after = next_status(after, Saved(complete(channel, after, there)), now)
    if after != account:
        tx.accounts.change(after)
    return after


def _fits(value: str, most: int, *, empty: bool) -> bool:
    return (empty or bool(value)) and len(value) <= most and not _CONTROL.search(value)


def _bad(code: str, detail: str) -> Fault:
    return Fault(code, 422, detail, "Look it up at the provider and copy it again; see /docs for the form.")
