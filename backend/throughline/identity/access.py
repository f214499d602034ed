"""Who may see and do what: pure rules over a Caller. A foreign tenant's thing is not forbidden, it is not there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from throughline.conversation.ids import PersonId
from throughline.conversation.records import Caller, Conversation, Role

Act = Literal["talk", "see_all", "write_as_member", "review", "configure", "own", "see_metrics", "read_manual"]

_OPERATOR: frozenset[Act] = frozenset({"see_all", "write_as_member", "see_metrics", "read_manual"})
_RIGHTS: Mapping[Role, frozenset[Act]] = MappingProxyType(
    {
        "customer": frozenset({"talk"}),
        "operator": _OPERATOR,
        "reviewer": _OPERATOR | {"review"},
        "admin": _OPERATOR | {"review", "configure"},
        "owner": _OPERATOR | {"review", "configure", "own"},
    }
)


def may(caller: Caller, act: Act) -> bool:
    """Whether the caller's role allows it, anywhere in the own tenant."""
    return act in _RIGHTS[caller.role]


def sees(caller: Caller, conversation: Conversation) -> bool:
    """Persons see their own conversations, members all of their tenant's; nobody sees another tenant's."""
    if conversation.tenant != caller.tenant:
        return False
    return may(caller, "see_all") if caller.person is None else conversation.person == caller.person


def whose(caller: Caller) -> PersonId | None:
    """Whose conversations a list is narrowed to: a person's own; None is all of the tenant's."""
    return caller.person
