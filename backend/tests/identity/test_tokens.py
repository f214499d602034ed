"""Access tokens: every way to forge, bend or outlive one is refused alike."""

import base64
from collections.abc import Callable
from typing import Any

import jwt
import msgspec
import pytest

from throughline.conversation.faults import SIGNED_OUT
from throughline.conversation.ids import PersonId, SessionId, TenantId, UserId
from throughline.conversation.records import Caller
from throughline.identity.tokens import LIFE_MS, Tokens

from .clock import StillClock

SECRET, OTHER = b"s" * 32, b"o" * 32
CALLER = Caller(TenantId("t"), UserId("u"), PersonId("p"), "customer", "Casey", SessionId("s"))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def tokens(clock: StillClock) -> Tokens:
    return Tokens(SECRET, clock)


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def header(token: str) -> dict[str, Any]:
    return jwt.get_unverified_header(token)


def signed(
    token: str, key: Any = SECRET, algorithm: str = "HS256", *, head: dict[str, Any] | None = None, **changed: Any
) -> str:
    """The same token with other claims, header fields or signature; a claim of None is left out."""
    body = {k: v for k, v in (claims(token) | changed).items() if v is not None}
    return jwt.encode(body, key, algorithm, header(token) | (head or {}))


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()


def test_what_was_minted_is_read(tokens: Tokens) -> None:
    token, seconds = tokens.mint(CALLER)

    assert seconds == 300
    assert tokens.read(token) == CALLER
    assert tokens.read_until(token) == (CALLER, 1_800_000_000_000 + LIFE_MS)


def test_a_member_has_no_person(tokens: Tokens) -> None:
    member = msgspec.structs.replace(CALLER, person=None, role="admin")

    assert tokens.read(tokens.mint(member)[0]) == member


def test_a_token_ends_on_the_dot_also_when_it_was_read_before(tokens: Tokens, clock: StillClock) -> None:
    token, _ = tokens.mint(CALLER)
    assert tokens.read(token) == CALLER
    clock.pass_(299.999)
    assert tokens.read(token) == CALLER
    clock.pass_(0.001)

    assert tokens.read(token) is SIGNED_OUT
    assert Tokens(SECRET, clock).read(token) is SIGNED_OUT


def test_a_revoked_session_is_refused_at_once_and_others_are_not(tokens: Tokens) -> None:
    token, _ = tokens.mint(CALLER)
    other, _ = tokens.mint(msgspec.structs.replace(CALLER, session=SessionId("s2")))
    assert tokens.read(token) == CALLER

    tokens.revoke(SessionId("s"))

    assert tokens.read(token) is SIGNED_OUT
    assert tokens.is_revoked(SessionId("s"))
    assert isinstance(tokens.read(other), Caller)


def test_what_was_revoked_is_forgotten_when_its_last_token_has_ended(tokens: Tokens, clock: StillClock) -> None:
    tokens.revoke(SessionId("s"))
    clock.pass_(306)
    tokens.revoke(SessionId("s2"))

    assert not tokens.is_revoked(SessionId("s"))


def test_a_token_of_the_previous_secret_is_still_read_and_none_is_minted_with_it(clock: StillClock) -> None:
    old, _ = Tokens(OTHER, clock).mint(CALLER)
    both = Tokens(SECRET, clock, previous=[OTHER])

    assert both.read(old) == CALLER
    assert header(both.mint(CALLER)[0])["kid"] != header(old)["kid"]
    assert Tokens(SECRET, clock).read(old) is SIGNED_OUT


def test_a_short_secret_is_refused(clock: StillClock) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(b"short", clock)


def _none(token: str) -> str:
    _, body, _ = token.split(".")
    return f"{b64(header(token) | {'alg': 'none'})}.{body}."


def _rsa(token: str) -> str:
    """As if the server would take its HMAC secret for a public key."""
    _, body, signature = token.split(".")
    return f"{b64(header(token) | {'alg': 'RS256'})}.{body}.{signature}"


def _claim(**changed: Any) -> Callable[[str], str]:
    return lambda token: signed(token, **changed)


def _head(**fields: Any) -> Callable[[str], str]:
    return lambda token: signed(token, head=fields)


BENT: dict[str, Callable[[str], str]] = {
    "alg none": _none,
    "alg None in another case": lambda t: f"{b64(header(t) | {'alg': 'nOnE'})}.{t.split('.')[1]}.",
    "alg rs256": _rsa,
    "alg hs512 with our key": lambda t: signed(t, SECRET * 2, "HS512"),
    "no signature": lambda t: t.rpartition(".")[0] + ".",
    "another key": lambda t: signed(t, OTHER),
    "an empty key": lambda t: f"{'.'.join(t.split('.')[:2])}.{'A' * 43}",
    "changed body": lambda t: ".".join([t.split(".")[0], b64(claims(t) | {"role": "owner"}), t.split(".")[2]]),
    "kid of nobody": _head(kid="nobody"),
    "kid as a path": _head(kid="../../dev/null"),
    "kid as sql": _head(kid="' UNION SELECT 'x"),
    "kid of another type": lambda t: f"{b64(header(t) | {'kid': 1})}.{t.split('.')[1]}.{t.split('.')[2]}",
    "a key of its own": _head(jwk={"kty": "oct", "k": "eHh4"}),
    "a key set of its own": _head(jku="https://evil.test/keys"),
    "a certificate of its own": _head(x5u="https://evil.test/cert"),
    "crit": _head(crit=["b64"]),
    "typ of an id token": _head(typ="JWT"),
    "a refresh claim": _claim(typ="refresh"),
    "another audience": _claim(aud="someone-else"),
    "a list of audiences": _claim(aud=["throughline-api", "someone-else"]),
    "another issuer": _claim(iss="https://evil.test"),
    "from the future": _claim(iat=1_900_000_000),
    "expired": _claim(exp=1_700_000_000),
    "exp as text": _claim(exp="1900000000"),
    "exp as a float": _claim(exp=1.9e9),
    "exp beyond all": _claim(exp=10**400),
    "a longer life than we give": _claim(exp=1_800_000_301),
    "sub as a number": _claim(sub=1),
    "a role that is none": _claim(role="root"),
    "a tenant as a list": _claim(tid=["t"]),
    "an unknown claim": _claim(admin=True),
    **{f"no {name}": _claim(**{name: None}) for name in ("exp", "iat", "sub", "aud", "iss", "typ", "sid", "tid")},
    "two dots": lambda t: t + ".x",
    "empty": lambda _: "",
    "dots": lambda _: "..",
    "not base64": lambda _: "!!.??.**",
    "not ascii": lambda t: t + "é",
    "a list as a body": lambda t: f"{t.split('.')[0]}.{b64([1])}.{t.split('.')[2]}",
    "9,000 deep": lambda t: f"{t.split('.')[0]}.{base64.urlsafe_b64encode(b'[' * 5_000).decode()}.x",
    "too long": lambda t: t + "A" * 9_000,
}


@pytest.mark.parametrize("name", BENT)
def test_a_bent_token_is_refused_like_every_other(tokens: Tokens, name: str) -> None:
    bent = BENT[name](tokens.mint(CALLER)[0])

    assert tokens.read(bent) is SIGNED_OUT
    assert tokens.read(bent) is SIGNED_OUT


def test_the_table_above_bends_what_would_be_read(tokens: Tokens) -> None:
    """If `signed` broke a token by itself, the table would prove nothing."""
    token, _ = tokens.mint(CALLER)

    assert tokens.read(signed(token, name="Robin")) == msgspec.structs.replace(CALLER, name="Robin")


def test_the_memory_of_read_tokens_is_bounded(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("throughline.identity.tokens._CACHED", 8)
    for n in range(100):
        tokens.read(tokens.mint(msgspec.structs.replace(CALLER, name=str(n)))[0])

    assert len(tokens._read) <= 8
