"""The declaration of a route: routing, the checks around it and its page in openapi.json all come from this."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from msgspec import Struct

from throughline.api.answer import Answer
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.conversation.faults import Fault

#: `anyone`: no sign-in; `caller`: signed in; `keyholder`: anyone on loopback, else a member or the scrape token.
Who = Literal["anyone", "caller", "keyholder"]
Verb = Callable[[Door, Ask], Awaitable[Answer | Fault]]


class Operation(Struct, frozen=True, kw_only=True):
    """One method on one path. `takes`, `gives` and `query` are structs; None: there is none."""

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    verb: Verb
    tag: str
    summary: str
    who: Who = "caller"
    takes: Any = None
    #: An empty body is the same as `{}`.
    may_be_empty: bool = False
    query: Any = None
    gives: Any = None
    status: int = 200
    #: Media type where it is not JSON.
    media: str = "application/json"
    #: It makes something: an Idempotency-Key is taken.
    creates: bool = False
    #: Statuses of its own refusals, beside those every route has.
    refusals: tuple[int, ...] = ()
