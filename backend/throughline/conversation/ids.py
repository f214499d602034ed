"""The names of things, as types, so that a tenant cannot be forgotten and ids cannot be swapped."""

from typing import NewType

TenantId = NewType("TenantId", str)
PersonId = NewType("PersonId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
IdentityId = NewType("IdentityId", str)
AccountId = NewType("AccountId", str)
ConversationId = NewType("ConversationId", str)
BindingId = NewType("BindingId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
FileId = NewType("FileId", str)

#: Where a conversation's readers meet: tenant first, always.
Topic = tuple[TenantId, ConversationId]
