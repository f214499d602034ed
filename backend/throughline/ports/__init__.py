"""Every seam in one room: what Throughline needs from the outside, each with its promise.

Engines stand behind these; contract suites in tests/ hold every engine to the same words. Rooms on one floor never
import each other: they meet here, and `app.py` joins them.
"""

from throughline.ports.accounts import Accounts, Inbox, Vault
from throughline.ports.channel import (
    Backfills,
    Channel,
    Channels,
    Connects,
    Edits,
    Fetched,
    Fetches,
    Finds,
    Granted,
    Introduces,
    Knows,
    Line,
    Listens,
    Prepares,
    Rereads,
    Seeks,
    Shows,
    Streams,
)
from throughline.ports.files import Blobs, Files, Kept
from throughline.ports.links import Links
from throughline.ports.live import Live, Sink
from throughline.ports.log import Log, Messages, Turns
from throughline.ports.outgoing import Bindings, Outbox, Standing
from throughline.ports.outside import Agent, Clock, Hears, Ids, Limits
from throughline.ports.people import People, Repeats, Users
from throughline.ports.store import Committed, Conflict, Store, StoreDown, Tx

__all__ = [
    "Accounts",
    "Agent",
    "Backfills",
    "Bindings",
    "Blobs",
    "Channel",
    "Channels",
    "Clock",
    "Committed",
    "Conflict",
    "Connects",
    "Edits",
    "Fetched",
    "Fetches",
    "Files",
    "Finds",
    "Granted",
    "Hears",
    "Ids",
    "Inbox",
    "Introduces",
    "Kept",
    "Knows",
    "Limits",
    "Line",
    "Links",
    "Listens",
    "Live",
    "Log",
    "Messages",
    "Outbox",
    "People",
    "Prepares",
    "Repeats",
    "Rereads",
    "Seeks",
    "Shows",
    "Sink",
    "Standing",
    "Store",
    "StoreDown",
    "Streams",
    "Turns",
    "Tx",
    "Users",
    "Vault",
]
