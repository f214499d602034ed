"""Write our end of a channel into a store: the account, its secrets, and the people who are known there."""

from collections.abc import Sequence

from rig.ends import End
from throughline.conversation.ids import AccountId, IdentityId, PersonId, TenantId
from throughline.conversation.records import Account, Identity
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx


def open_end(
    tx: Tx, vault: EnvelopeVault, tenant: TenantId, end: End, at: str, people: Sequence[PersonId | None],
    called: str, now: int,
) -> None:  # fmt: skip
    """Its account at the stand-ins whose address is `at`, and for each person an identity, who has just written there.

    `called` is what the account and the people are called; the tenant has its key already.
    """
    account = AccountId(end.account)
    # As old as time: whatever mail the stand-in has, it came later.
    tx.accounts.add(
        Account(
            account, tenant, end.channel, end.provider, called, "simulated", enabled=True,  # type: ignore[arg-type]
            base=f"{at}/{end.provider}/api/", options=dict(end.options), status="up", created_at=1,
        )
    )  # fmt: skip
    wrapped = tx.accounts.key(tenant)
    assert wrapped is not None
    for name, value in end.secrets.items():
        sealed = vault.seal(wrapped, tenant, account, name, value)
        assert sealed is not None
        tx.accounts.seal(tenant, account, name, sealed, now)
    for n, person in enumerate(people):
        tx.people.add_identity(
            Identity(
                IdentityId(f"{end.account}-{n}"), tenant, person, account, end.channel, end.of(n),  # type: ignore[arg-type]
                "verified", now, f"{called} {n}", last_in=now,
            )
        )  # fmt: skip
