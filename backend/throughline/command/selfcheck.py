"""The self-check: before the first visitor comes, one answer streams through the real door, and is thrown away."""

import asyncio
import secrets

import httpx2
import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from throughline.channels.web.wire import SUBPROTOCOL
from throughline.command.accounts import Hash, NewUser, create_tenant, create_user
from throughline.conversation.policy import Policy
from throughline.ports import Clock, Ids, Store

_PATIENCE = 20.0
#: Pieces of an answer that show that it streams.
_ENOUGH = 4


class Checked(Struct, frozen=True):
    """How it went: seconds from the durable ack to the first token, or why there was none."""

    first_token: float | None
    problem: str = ""


async def self_check(base: str, store: Store, clock: Clock, ids: Ids, hash_password: Hash) -> Checked:
    """Sign in, ask, wait for the answer to end; in a tenant of its own that is erased after. `base`: http://host:port."""
    slug, password = f"self-check-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    tenant = await create_tenant(store, clock, ids, slug, "Self-check", Policy())
    try:
        email = f"{slug}@self-check.invalid"
        await create_user(store, clock, ids, hash_password, NewUser(slug, email, "Self-check", "customer", password))
        async with asyncio.timeout(_PATIENCE):
            return await _talk(base, email, password, clock, ids)
    except TimeoutError:
        return Checked(None, f"no answer within {_PATIENCE:.0f} s")
    except (httpx2.HTTPError, OSError, WebSocketException) as error:
        return Checked(None, f"the door did not open: {type(error).__name__}")
    finally:
        await store.write(lambda tx: tx.people.erase_tenant(tenant.id))


async def _talk(base: str, email: str, password: str, clock: Clock, ids: Ids) -> Checked:
    async with httpx2.AsyncClient(base_url=base, trust_env=False) as http:
        signed_in = await http.post("/api/v1/auth/login", json={"email": email, "password": password})
        signed_in.raise_for_status()
        token = signed_in.json()["access_token"]
        made = await http.post("/api/v1/conversations", json={}, headers={"Authorization": f"Bearer {token}"})
        made.raise_for_status()
        conversation = made.json()["id"]
    url = base.replace("http", "ws", 1) + "/api/v1/socket"
    async with connect(url, subprotocols=[SUBPROTOCOL], proxy=None) as socket:  # type: ignore[list-item]
        await _send(socket, {"t": "hello", "token": token})
        await _send(socket, {"t": "watch", "c": conversation})
        await _send(socket, {"t": "say", "c": conversation, "id": ids.new(), "text": "Hello! Are you there?"})
        return await _answer(socket, conversation, clock, ids)


async def _send(socket: ClientConnection, frame: dict[str, str]) -> None:
    await socket.send(msgspec.json.encode(frame).decode())


async def _answer(socket: ClientConnection, conversation: str, clock: Clock, ids: Ids) -> Checked:
    """Read until the turn has ended; once the answer streams, it is stopped: nobody reads it."""
    acked = first = None
    turn, deltas = "", 0
    async for raw in socket:
        frame = msgspec.json.decode(raw, type=dict[str, object])
        match frame.get("t"):
            case "ack":
                acked = acked or clock.monotonic()
            case "nack":
                return Checked(None, f"refused: {frame.get('code')}")
            case "delta":
                first, deltas = first or clock.monotonic(), deltas + 1
                if deltas == _ENOUGH:
                    await _send(socket, {"t": "stop", "c": conversation, "id": ids.new(), "turn": turn})
            case "event" if frame.get("kind") == "turn_started":
                turn = str(msgspec.convert(frame["body"], dict[str, object])["turn"])
            case "event" if frame.get("kind") == "turn_ended":
                body = msgspec.convert(frame["body"], dict[str, object])
                if body.get("outcome") not in {"completed", "stopped"}:
                    return Checked(
                        None, f"the turn ended {body.get('outcome')}: {body.get('reason', 'no reason given')}"
                    )
                return Checked((first or clock.monotonic()) - (acked or clock.monotonic()))
    return Checked(None, "the socket closed before the answer was whole")
