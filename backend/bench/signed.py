"""Webhooks of every provider, signed as each signs, for accounts of bench/roles.py."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from bench import slack
from bench.posts import Asked
from bench.roles import AUDIENCE, ENDS, MAILBOX, META, PUSHER, SID

#: People who write, at each provider.
PEOPLE = 100
_TEXT = "A message of a common length, as people write them when they ask for something."


class Google:
    """Signs pushes. A token lasts an hour, as Google's do; there are a few of them."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        now = int(time.time())
        self._tokens = [self._token(now - n, now + 3_600) for n in range(PEOPLE)]

    def keys(self) -> bytes:
        """The key set that goes with it (RFC 7517)."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return msgspec.json.encode({"keys": [{**public, "kid": "bench", "use": "sig", "alg": "RS256"}]})

    def push(self, n: int) -> Asked:
        """There is news."""
        news = base64.b64encode(msgspec.json.encode({"emailAddress": MAILBOX, "historyId": 1_000 + n})).decode()
        body = {"message": {"data": news, "messageId": str(n)}, "subscription": "projects/bench/subscriptions/bench"}
        return ENDS["gmail"].webhook, msgspec.json.encode(body), f"Authorization: Bearer {self._tokens[n % PEOPLE]}"

    def _token(self, issued: int, expires: int) -> str:
        claims = {
            "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": PUSHER, "email_verified": True,
            "iat": issued, "exp": expires, "sub": "1",
        }  # fmt: skip
        return jwt.encode(claims, self._key, "RS256", {"kid": "bench"})


def said(n: int) -> str:
    """Words that are found again."""
    return f"n{n:08d} {_TEXT}"


def meta(n: int, whom: int | None = None) -> Asked:
    """WhatsApp by Meta: X-Hub-Signature-256."""
    end, whose = ENDS["meta"], ENDS["meta"].of(20_000 + n % PEOPLE if whom is None else whom).partition("/")[2]
    message = {
        "from": whose, "id": f"wamid.bench{n:08d}", "timestamp": str(int(time.time())), "type": "text",
        "text": {"body": said(n)},
    }  # fmt: skip
    value = {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900100", "phone_number_id": META},
        "contacts": [{"profile": {"name": f"Customer {n % PEOPLE}"}, "wa_id": whose}], "messages": [message],
    }  # fmt: skip
    entry = {"id": "9" * 15, "changes": [{"field": "messages", "value": value}]}
    body = msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]})
    seal = hmac.new(end.secrets["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    return end.webhook, body, f"X-Hub-Signature-256: sha256={seal}"


def twilio(name: str, port: int) -> Callable[[int], Asked]:
    """WhatsApp or SMS by Twilio: the public address and every field, by its name."""
    end = ENDS[name]
    prefix = "whatsapp:" if end.channel == "whatsapp" else ""
    url, token = f"http://127.0.0.1:{port}{end.webhook}", end.secrets["auth_token"].encode()

    def make(n: int) -> Asked:
        ours, _, theirs = end.of(20_000 + n % PEOPLE).partition("/")
        form = {
            "AccountSid": SID, "ApiVersion": "2010-04-01", "Body": said(n), "From": prefix + theirs,
            "MessageSid": f"SM{name.encode().hex():0>12.12}{n:020x}", "NumMedia": "0", "NumSegments": "1",
            "SmsStatus": "received", "To": prefix + ours,
        }  # fmt: skip
        signed = url + "".join(f"{key}{form[key]}" for key in sorted(form))
        seal = base64.b64encode(hmac.new(token, signed.encode(), hashlib.sha1).digest()).decode()
        kind = "Content-Type: application/x-www-form-urlencoded"
        return end.webhook, urlencode(form).encode(), f"{kind}\r\nX-Twilio-Signature: {seal}"

    return make


def telegram(n: int) -> Asked:
    """Telegram: the secret that we gave it."""
    chat = int(ENDS["telegram"].of(20_000 + n % PEOPLE))
    person = {"id": chat, "is_bot": False, "first_name": f"Customer {n % PEOPLE}"}
    message = {
        "message_id": 10 + n, "from": person, "chat": {"id": chat, "type": "private"}, "date": int(time.time()),
        "text": said(n),
    }  # fmt: skip
    body = msgspec.json.encode({"update_id": 870_000_000 + n, "message": message})
    secret = ENDS["telegram"].secrets["webhook_secret"]
    return ENDS["telegram"].webhook, body, f"X-Telegram-Bot-Api-Secret-Token: {secret}"


def slack_said(n: int) -> Asked:
    """Slack: v0, with its time."""
    return slack.event(n, said(n))


def every(port: int, google: Google) -> Mapping[str, Callable[[int], Asked]]:
    """Each provider's, by name."""
    return {
        "slack": slack_said, "meta": meta, "twilio": twilio("twilio", port), "sms": twilio("sms", port),
        "telegram": telegram, "gmail": google.push,
    }  # fmt: skip
