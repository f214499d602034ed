"""What HTTP needs from the other rooms, as one value that `app.py` fills in."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from throughline.api.room import Room
from throughline.api.shapes import About
from throughline.conversation.records import Account
from throughline.flow.hear import Hear
from throughline.flow.lines import Lines
from throughline.flow.link import Linking
from throughline.flow.move import Move
from throughline.flow.outreach import Outreach
from throughline.flow.receive import Receive
from throughline.flow.resend import Resend
from throughline.identity.consents import Consents
from throughline.identity.sign_in import SignIn
from throughline.identity.signed import Signed
from throughline.identity.tickets import Tickets
from throughline.ports import Blobs, Channels, Clock, Hears, Ids, Limits, Store, Vault

#: A named thing that has to work before we are ready: None, or what is wrong with it.
Check = tuple[str, Callable[[], str | None]]


class Ends(Struct, frozen=True, kw_only=True):
    """What is needed of channels that have accounts."""

    channels: Channels
    lines: Lines
    vault: Vault
    #: Where the world reaches us, without a slash at the end.
    public_url: str
    #: To be called when an account was written: who is here learns of its state.
    changed: Callable[[Account], None]


class Door(Struct, frozen=True, kw_only=True):
    """Parts and facts. Nothing here is changed after the start."""

    store: Store
    clock: Clock
    ids: Ids
    limits: Limits
    sign_in: SignIn
    tickets: Tickets
    receive: Receive
    move: Move
    about: About
    #: Only this machine can reach us: /metrics and the manual are open.
    loopback: bool
    #: Lets a scraper in elsewhere; empty: members only.
    scrape_token: str = ""
    #: Exact origins a browser may come from, our own among them.
    origins: frozenset[str] = frozenset()
    #: The built web client, and the packages of the offline manual (swagger-ui-dist, redoc). Missing ones are said so.
    web: Path | None = None
    manual: Path | None = None
    checks: tuple[Check, ...] = ()
    #: How much may be going on at one time.
    room: Room = field(default_factory=Room)
    blobs: Blobs
    signed: Signed
    #: None: nobody writes recordings down.
    hears: Hears | None = None
    #: None: only the web is built.
    ends: Ends | None = None
    #: None: nobody can link a channel.
    linking: Linking | None = None
    #: None: no account is connected by a visit to its provider.
    consents: Consents | None = None
    #: None: nobody is written to first.
    outreach: Outreach | None = None
    #: None: nothing that was lost is sent again.
    resend: Resend | None = None
    #: None: no webhook is taken.
    hear: Hear | None = None
