"""What Gmail's tests begin with: an account, its line, signed pushes, a channel that has a token already."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct

from throughline.channels.gmail.channel import Gmail
from throughline.channels.gmail.oauth import Addresses, Worth
from throughline.channels.once import Once
from throughline.conversation.channel import Piece, Place, Post, RawRequest
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import AccountId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Account, AccountMode

FIXTURES = Path(__file__).parent / "fixtures"
NOW = 1_795_272_000_000
MAILBOX = "support@example.com"
AUDIENCE, PUSHER = "https://talk.example.org/push", "gmail-push@acme-mail.iam.gserviceaccount.com"
OPTIONS = {
    "client_id": "123-abc.apps.googleusercontent.com", "mailbox": MAILBOX, "name": "Acme Support",
    "push_account": PUSHER, "push_audience": AUDIENCE,
}  # fmt: skip
SECRETS = {"client_secret": "GOCSPX-secret-of-a-client", "refresh_token": "1//0refresh-token"}
ACCESS = "ya29.access-token"
KEY = bytes(range(32))
MARK = (ConversationId("01890a5d-ac96-774b-bcce-b302099a8057"), MessageId("m-1"), 0)
THREAD = "18c0ffee00000001"
REF = '{"id":"<q1@mail.example.com>","references":["<q0@mail.example.com>"],"subject":"Where is my parcel?"}'
#: A thread in which the person has written: what is said there is one request.
ANSWERED = Place("ana@example.com", THREAD, REF)
KID = "k1"


class OpenLine(Struct, frozen=True):
    account: Account
    base_url: str
    secrets: Mapping[str, str]
    key: bytes = KEY
    public_url: str = "https://talk.example.org"


def account(mode: AccountMode = "real", cursor: str | None = None, **options: str) -> Account:
    return Account(
        id=AccountId("a-1"), tenant=TenantId("t-1"), channel="gmail", provider="gmail", name="Gmail", mode=mode,
        enabled=True, base="https://gmail.googleapis.com/", options=OPTIONS | options, status="up", created_at=NOW,
        cursor=cursor,
    )  # fmt: skip


def line(base_url: str = "http://127.0.0.1:9/api/", mode: AccountMode = "real", **options: str) -> OpenLine:
    """A real one's sign-in is at Google; a simulated one's beside its API: `../oauth/token`."""
    return OpenLine(account(mode, **options), base_url, SECRETS)


def gmail(within: float = 30.0) -> Gmail:
    """A channel that has an access token for a real account's line, and the key that pushes are signed with."""
    channel = Gmail(Once(total=within, connect=within / 2))
    channel.tokens.give(line(), Worth(ACCESS, 3_599.0, "", ()))
    channel._certs._keys[Addresses().certs] = {KID: _key().public_key()}
    return channel


def signed(body: bytes, now: int = NOW, kid: str = KID, **claims: object) -> RawRequest:
    """A push as Pub/Sub sends it: a token of Google's beside the body, which nobody signs."""
    headers = {"authorization": f"Bearer {bearer(now, kid, **claims)}", "content-type": "application/json"}
    return RawRequest("POST", "/api/v1/channels/gmail/webhook/a-1", "", headers, body)


def bearer(now: int = NOW, kid: str = KID, **claims: object) -> str:
    said = {
        "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": PUSHER, "email_verified": True,
        "sub": "1070000", "azp": "1070000", "iat": now // 1000 - 10, "exp": now // 1000 + 3_590,
    } | claims  # fmt: skip
    return jwt.encode(said, _key(), algorithm="RS256", headers={"kid": kid})


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def piece(text: str = "Hello.", html: str = "<p>Hello.</p>", subject: str = "") -> Piece:
    return Piece(text, "mail", MARK, {"html": html, "subject": subject})


def post(text: str, author: AuthorKind = "agent", name: str = "Agent", origin: str | None = None) -> Post:
    return Post(MARK[0], MARK[1], author, name, "reply", text, origin, title="Parcel 17")


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def public_key() -> rsa.RSAPublicKey:
    return _key().public_key()
