"""How patient an organisation is with its channels, over HTTP: admins read and change it, and it holds at once."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, replace

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.table import Operation
from throughline.conversation.events import ChannelName
from throughline.conversation.faults import FORBIDDEN, Fault
from throughline.conversation.policy import Policy
from throughline.identity.access import may
from throughline.ports import Tx

_PATH = "/api/v1/admin/delivery"
_HOUR, _DAY, _WEEK = 3_600.0, 86_400.0, 604_800.0
Doubt = Literal["failover", "resend", "hold"]

GIVES_UP_EARLY = Fault(
    "gives_up_early", 422, "A message would be given up before it may go by another channel.",
    "Let give_up_after be at least as long as failover_after.",
)  # fmt: skip
TWICE = Fault("channel_twice", 422, "A channel stands in the order twice.", "Name each channel once.")


class DeliveryPolicy(Struct, frozen=True):
    """Seconds, but `retry_ms`. `fallback`: channels to go on by where the person has no order of their own."""

    failover_after: float
    unseen_after: float
    give_up_after: float
    doubt: Doubt
    fallback: list[str]
    retries: int
    retry_ms: int


class DeliveryPolicyAsked(Struct, frozen=True):
    """What is left out stays."""

    failover_after: Annotated[float, Meta(ge=1, le=_HOUR)] | UnsetType = UNSET
    unseen_after: Annotated[float, Meta(ge=1, le=_DAY)] | UnsetType = UNSET
    give_up_after: Annotated[float, Meta(ge=10, le=_WEEK)] | UnsetType = UNSET
    doubt: Doubt | UnsetType = UNSET
    fallback: Annotated[list[ChannelName], Meta(max_length=6)] | UnsetType = UNSET
    retries: Annotated[int, Meta(ge=1, le=10)] | UnsetType = UNSET
    retry_ms: Annotated[int, Meta(ge=100, le=30_000)] | UnsetType = UNSET


async def read(door: Door, ask: Ask) -> Answer | Fault:
    """As it is."""
    caller = ask.signed_in
    if not may(caller, "configure"):
        return FORBIDDEN
    tenant = await door.store.read(lambda tx: tx.people.tenant(caller.tenant))
    return shown(_shown(Policy() if tenant is None else tenant.policy))


async def changed(door: Door, ask: Ask) -> Answer | Fault:
    """Write what is given, keep what is left out."""
    caller, asked = ask.signed_in, ask.took(DeliveryPolicyAsked)
    if not may(caller, "configure"):
        return FORBIDDEN
    given = {name: value for name, value in asdict(asked).items() if value is not UNSET}
    order = given.get("fallback")
    if order is not None:
        if len(set(order)) < len(order):
            return TWICE
        given["fallback"] = tuple(order)

    def change(tx: Tx) -> Policy | Fault:
        tenant = tx.people.tenant(caller.tenant)
        if tenant is None:
            return FORBIDDEN
        policy = replace(tenant.policy, **given)
        if policy.give_up_after < policy.failover_after:
            return GIVES_UP_EARLY
        tx.people.change_policy(caller.tenant, policy)
        return policy

    kept = await door.store.write(change)
    return kept if isinstance(kept, Fault) else shown(_shown(kept))


def _shown(policy: Policy) -> DeliveryPolicy:
    return DeliveryPolicy(
        failover_after=policy.failover_after,
        unseen_after=policy.unseen_after,
        give_up_after=policy.give_up_after,
        doubt=policy.doubt,
        fallback=[*policy.fallback],
        retries=policy.retries,
        retry_ms=policy.retry_ms,
    )


OPERATIONS = (
    Operation(
        name="delivery_policy", method="GET", path=_PATH, verb=read, tag="deliveries", gives=DeliveryPolicy,
        refusals=(403,), summary="How long a message is tried, and what becomes of it then.",
    ),
    Operation(
        name="change_delivery_policy", method="PUT", path=_PATH, verb=changed, tag="deliveries",
        takes=DeliveryPolicyAsked, gives=DeliveryPolicy, refusals=(403,),
        summary="Change it: what is left out stays. It holds at once.",
    ),
)  # fmt: skip
