"""Who may see and do what."""

import pytest

from throughline.conversation.ids import ConversationId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.records import Caller, Conversation, Role
from throughline.identity.access import may, sees, whose

TALK = Conversation(
    id=ConversationId("c"), tenant=TenantId("t"), person=PersonId("p"), agent="a", status="active", title="", head=0,
    created_at=0, updated_at=0,
)  # fmt: skip


def caller(tenant: str, person: str | None, role: Role) -> Caller:
    return Caller(
        TenantId(tenant), UserId("u"), None if person is None else PersonId(person), role, "n", SessionId("s")
    )


@pytest.mark.parametrize(
    ("tenant", "person", "role", "seen"),
    [
        ("t", "p", "customer", True),
        ("t", "q", "customer", False),
        ("t", None, "operator", True),
        ("t", None, "owner", True),
        ("t", None, "customer", False),
        ("x", "p", "customer", False),
        ("x", None, "operator", False),
        ("x", None, "owner", False),
    ],
)
def test_a_conversation_is_seen_by_its_person_and_its_tenants_members(
    tenant: str, person: str | None, role: Role, *, seen: bool
) -> None:
    assert sees(caller(tenant, person, role), TALK) is seen


def test_rights_grow_with_the_role_and_a_customer_has_none_of_them() -> None:
    members: list[Role] = ["operator", "reviewer", "admin", "owner"]

    assert [may(caller("t", None, r), "see_metrics") for r in members] == [True] * 4
    assert [may(caller("t", None, r), "review") for r in members] == [False, True, True, True]
    assert [may(caller("t", None, r), "configure") for r in members] == [False, False, True, True]
    assert [may(caller("t", None, r), "own") for r in members] == [False, False, False, True]
    assert not may(caller("t", "p", "customer"), "see_all")


def test_a_list_is_narrowed_to_a_person_only() -> None:
    assert whose(caller("t", "p", "customer")) == "p"
    assert whose(caller("t", None, "operator")) is None
