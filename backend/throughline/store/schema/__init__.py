"""The tables. Every one but `meta` has a tenant, and every key begins with it: equal ids of two tenants never meet.

Ids that come alone from outside (a session's, a turn's, an account's in a webhook's path) are unique over all tenants.
Times are UTC milliseconds. Rows that are read in runs (a conversation's events, rows, marks) are clustered by their
key, so that a conversation lies together on disk. Changing one needs a migration: a test compares the two.
"""

from throughline.store.schema.accounts import accounts, parked, quarantine, secrets, taken, tenant_keys
from throughline.store.schema.columns import metadata
from throughline.store.schema.log import conversations, events, marks, messages, turns
from throughline.store.schema.outgoing import LOST, OPEN, UNSEEN, bindings, deliveries
from throughline.store.schema.people import aliases, identities, meta, persons, repeats, sessions, tenants, users
from throughline.store.schema.sharing import files, links, preferences, tries

__all__ = [
    "LOST",
    "OPEN",
    "UNSEEN",
    "accounts",
    "aliases",
    "bindings",
    "conversations",
    "deliveries",
    "events",
    "files",
    "identities",
    "links",
    "marks",
    "messages",
    "meta",
    "metadata",
    "parked",
    "persons",
    "preferences",
    "quarantine",
    "repeats",
    "secrets",
    "sessions",
    "taken",
    "tenant_keys",
    "tenants",
    "tries",
    "turns",
    "users",
]
