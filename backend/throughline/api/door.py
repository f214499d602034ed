"""The door, put together: the routes' table, the pages, the socket, one ASGI app."""

from collections.abc import Sequence
from itertools import groupby

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Lifespan

from throughline import observe
from throughline.api import (
    accounts,
    auth,
    bindings,
    connect,
    conversations,
    delivery_policy,
    export,
    files,
    health,
    links,
    lost,
    manual,
    outreach,
    quarantine,
    trial,
    webhooks,
)
from throughline.api.documents import openapi
from throughline.api.endpoint import Endpoint
from throughline.api.frames import Schema
from throughline.api.needs import Door
from throughline.api.pages import Folder, Pages
from throughline.api.table import Operation
from throughline.api.threshold import Threshold

__all__ = ["Door", "asgi", "described", "operations", "routes"]


def operations() -> tuple[Operation, ...]:
    """Every operation of the API, the often used ones first: routes are tried in this order."""
    others = (
        # Paths are tried in this order: those that are asked for most come first.
        *webhooks.OPERATIONS, *conversations.OPERATIONS, *bindings.OPERATIONS, *export.OPERATIONS, *auth.OPERATIONS,
        *health.OPERATIONS, *accounts.OPERATIONS, *quarantine.OPERATIONS, *trial.OPERATIONS, *connect.OPERATIONS,
        *files.OPERATIONS, *links.OPERATIONS, *outreach.OPERATIONS, *lost.OPERATIONS,
        *delivery_policy.OPERATIONS,
    )  # fmt: skip
    return (*others, *manual.operations(others))


def described(version: str) -> Schema:
    """openapi.json without a server: for the command line and the drift check."""
    return openapi(operations(), version)


def routes(door: Door) -> list[BaseRoute]:
    """One route per path, all its methods behind it."""
    table = operations()
    order = {path: i for i, path in reversed(list(enumerate(o.path for o in table)))}
    by_path = groupby(sorted(table, key=lambda o: order[o.path]), key=lambda o: o.path)
    return [Route(path, Endpoint(door, list(same)), name=path) for path, same in by_path]


def asgi(door: Door, socket: Sequence[BaseRoute] = (), lifespan: Lifespan[Router] | None = None) -> ASGIApp:
    """The whole app. `socket`: the WebSocket's route, tried after HTTP's, which never match it."""
    observe.build(door.about.version)
    returned = Route("/oauth/{channel}/callback", connect.Callback(door), methods=["GET"])
    router = Router(
        [*routes(door), returned, *socket],
        redirect_slashes=False,
        default=Pages(Folder(door.web).load()),
        lifespan=lifespan,
    )
    return Threshold(router, door.ids)
