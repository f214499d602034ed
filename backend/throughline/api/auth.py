"""Sign-in over HTTP: login, refresh, logout, who am I, a ticket for a socket.

A browser asks for cookie mode: its refresh token is then in an HttpOnly cookie that no script can read, sent by the
browser to this origin's own pages only (SameSite=Strict), and taken only with an Origin that we know.
"""

from throughline.api.answer import NOTHING, Answer, Header, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.problems import FOREIGN_ORIGIN
from throughline.api.shapes import LimitsShown, Login, Me, Refresh, SignedIn, Ticket, UserShown
from throughline.api.table import Operation
from throughline.conversation.faults import SIGNED_OUT, Fault
from throughline.conversation.records import Caller
from throughline.identity.sign_in import Signed
from throughline.observe import rate_limited

_PATH = "/api/v1/auth"
#: The prefix makes browsers refuse it without Secure, with a Domain, or from a sub-path (RFC 6265bis).
_SECURE_COOKIE, _PLAIN_COOKIE = "__Host-throughline", "throughline"


async def login(door: Door, ask: Ask) -> Answer | Fault:
    """E-mail and password for a session."""
    given = ask.took(Login)
    if given.cookie and not _own_page(door, ask):
        return FOREIGN_ORIGIN
    signed = await door.sign_in.login(given.email, given.password, ask.place)
    if isinstance(signed, Fault):
        if signed.status == 429:
            rate_limited("login")
        return signed
    return _signed(ask, signed, cookie=given.cookie)


async def refresh(door: Door, ask: Ask) -> Answer | Fault:
    """A refresh token, from the body or the cookie, for the next one."""
    token, from_cookie = _token(ask)
    if token is None:
        return SIGNED_OUT
    if from_cookie and not _own_page(door, ask):
        return FOREIGN_ORIGIN
    signed = await door.sign_in.refresh(token)
    if isinstance(signed, Fault):
        return signed
    return _signed(ask, signed, cookie=from_cookie)


async def logout(door: Door, ask: Ask) -> Answer | Fault:
    """End the session that the refresh token or the access token belongs to. Without either there is nothing to do."""
    token, from_cookie = _token(ask)
    if from_cookie and not _own_page(door, ask):
        return FOREIGN_ORIGIN
    session = door.sign_in.session_of(token) if token is not None else None
    if session is None:
        bearer = ask.bearer()
        who = bearer if isinstance(bearer, Fault) else door.sign_in.who(bearer)
        session = None if isinstance(who, Fault) else who.session
    if session is not None:
        fault = await door.sign_in.logout(session)
        if fault is not None:
            return fault
    return Answer(NOTHING.status, b"", (*NOTHING.headers, _cookie(ask, "", 0)))


async def me(door: Door, ask: Ask) -> Answer | Fault:
    """Who I am, where, and what I may."""
    caller = ask.signed_in
    tenant = await door.store.read(lambda tx: tx.people.tenant(caller.tenant))
    if tenant is None:
        return SIGNED_OUT
    policy = tenant.policy
    limits = LimitsShown(
        message_characters=policy.message_characters,
        messages_per_minute=policy.messages_per_minute,
        messages_per_day=policy.messages_per_day,
    )
    return shown(Me(user=_user(caller), tenant_name=tenant.name, limits=limits))


async def ticket(door: Door, ask: Ask) -> Answer | Fault:
    """What a socket's first frame carries."""
    made, seconds = door.tickets.make(ask.signed_in)
    return shown(Ticket(ticket=made, expires_in=seconds), 201)


def _signed(ask: Ask, signed: Signed, *, cookie: bool) -> Answer:
    body = SignedIn(access_token=signed.access_token, expires_in=signed.expires_in, user=_user(signed.caller))
    if cookie:
        return shown(body, 200, _cookie(ask, signed.refresh_token, signed.session_ends_in))
    return shown(
        SignedIn(
            access_token=body.access_token, expires_in=body.expires_in, user=body.user,
            refresh_token=signed.refresh_token,
        )
    )  # fmt: skip


def _user(caller: Caller) -> UserShown:
    return UserShown(id=caller.user, kind=caller.viewer, role=caller.role, name=caller.name)


def _token(ask: Ask) -> tuple[str | None, bool]:
    """The refresh token, and whether the cookie carried it; the body's counts first."""
    given = ask.took(Refresh).refresh_token
    if isinstance(given, str):
        return given, False
    held = ask.cookie(_SECURE_COOKIE if ask.https else _PLAIN_COOKIE)
    return held or None, held is not None


def _own_page(door: Door, ask: Ask) -> bool:
    """Whether the request comes from a page of ours, or from a program, which sends no Origin."""
    origin = ask.headers.get(b"origin")
    return origin is None or origin.decode("latin-1") in door.origins


def _cookie(ask: Ask, token: str, seconds: int) -> Header:
    name, limits = (_SECURE_COOKIE, "Path=/; Secure") if ask.https else (_PLAIN_COOKIE, f"Path={_PATH}")
    return b"set-cookie", f"{name}={token}; {limits}; Max-Age={seconds}; HttpOnly; SameSite=Strict".encode()


OPERATIONS = (
    Operation(
        name="login", method="POST", path=f"{_PATH}/login", verb=login, tag="sign-in", who="anyone", takes=Login,
        gives=SignedIn, refusals=(401, 403),
        summary="Sign in. Failures make the next tries wait, per address and per place.",
    ),
    Operation(
        name="refresh", method="POST", path=f"{_PATH}/refresh", verb=refresh, tag="sign-in", who="anyone",
        takes=Refresh, may_be_empty=True, gives=SignedIn, refusals=(401, 403),
        summary="The next access token. A used refresh token gets the same successor for 10 s, then ends the session.",
    ),
    Operation(
        name="logout", method="POST", path=f"{_PATH}/logout", verb=logout, tag="sign-in", who="anyone",
        takes=Refresh, may_be_empty=True, status=204, refusals=(403,),
        summary="End the session: its tokens and its sockets too.",
    ),
    Operation(
        name="me", method="GET", path=f"{_PATH}/me", verb=me, tag="sign-in", gives=Me,
        summary="Who I am, and my limits.",
    ),
    Operation(
        name="socket_ticket", method="POST", path="/api/v1/socket/ticket", verb=ticket, tag="socket", gives=Ticket,
        status=201, summary="A one-use ticket for the first frame of a socket; see /protocol.",
    ),
)  # fmt: skip
