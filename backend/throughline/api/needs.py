"""What HTTP needs from the other rooms, as one value that `app.py` fills in."""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from throughline.api.shapes import About
from throughline.flow.receive import Receive
from throughline.identity.sign_in import SignIn
from throughline.identity.tickets import Tickets
from throughline.ports import Clock, Ids, Limits, Store

#: A named thing that has to work before we are ready: None, or what is wrong with it.
Check = tuple[str, Callable[[], str | None]]


def web_only() -> Mapping[str, str]:
    """The channels' states where only the web is built."""
    return {"web": "up"}


class Door(Struct, frozen=True, kw_only=True):
    """Parts and facts. Nothing here is changed after the start."""

    store: Store
    clock: Clock
    ids: Ids
    limits: Limits
    sign_in: SignIn
    tickets: Tickets
    receive: Receive
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
    channels: Callable[[], Mapping[str, str]] = web_only
