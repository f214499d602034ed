"""The declaration of a route: routing, the checks around it and its page in openapi.json all come from this."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from msgspec import Struct

from throughline.api.answer import Answer
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.conversation.faults import Fault

#: `anyone`: no sign-in; `caller`: signed in; `keyholder`: anyone on loopback, else a member or the scrape token;
#: `provider`: the body's own signature says who it is, and nobody is sent away for coming often.
Who = Literal["anyone", "caller", "keyholder", "provider"]
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
    #: Bytes of a body that is taken as it is, of any type, into `ask.raw`; 0: there is none.
    raw: int = 0
    #: An empty body is the same as `{}`.
    may_be_empty: bool = False
    query: Any = None
    gives: Any = None
    status: int = 200
    #: Media type where it is not JSON.
    media: str = "application/json"
    #: Gives a part where a Range header asks for one.
    ranged: bool = False
    #: It makes something: an Idempotency-Key is taken.
    creates: bool = False
    #: Statuses of its own refusals, beside those every route has.
    refusals: tuple[int, ...] = ()
