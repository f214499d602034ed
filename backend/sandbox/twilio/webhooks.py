"""What Twilio tells a webhook: forms of messages and of statuses, signed over the address and every field.

Source: twilio.com/docs/usage/webhooks/webhooks-security, …/webhooks-connection-overrides, messaging webhooks.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sandbox.phones.facts import Delivery, End, File, Message, Person
from sandbox.twilio.codes import CODES
from sandbox.twilio.segments import segments
from sandbox.twilio.settings import address, media_sid

Form = dict[str, str]
VERSION = "2010-04-01"


def signature(url: str, form: Mapping[str, str], secret: str, algorithm: str) -> str:
    """base64(HMAC) over the address and each field's name and value, by name. `algorithm`: sha1 or sha256."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), algorithm).digest()).decode()


def headers(end: End, delivery: Delivery, url: str) -> dict[str, str]:
    """A request's headers. With a shared key they name it; a delivery that is tried again keeps its token."""
    form = dict(parse_qsl(delivery.body, keep_blank_values=True))
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{end.id} {delivery.id}")
    found = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "TwilioProxy/1.1",
        "i-twilio-idempotency-token": str(token), "accept": "*/*",
    }  # fmt: skip
    if not end.more["shared_key"]:
        return found | {"x-twilio-signature": signature(url, form, end.more["auth_token"], "sha1")}
    settings = f"key={end.more['shared_key_id']},algorithm=HMAC_SHA256"
    signed = signature(url, form, end.more["shared_key"], "sha256")
    return found | {"x-twilio-webhooks-signature-settings": settings, "x-twilio-signature": signed}


def overrides(url: str) -> tuple[int, frozenset[str]]:
    """How often, and after what, a webhook is tried again, by its address's fragment: `#rc=3&rp=all`.

    Without one: once, where no connection was made.
    """
    given = dict(parse_qsl(url.partition("#")[2]))
    count = given.get("rc", "1")
    policy = frozenset(given.get("rp", "ct").split(","))
    return (min(int(count), 5) if count.isdecimal() else 1), policy


def told(end: End, person: Person, message: Message, files: tuple[File, ...], more: Form, base: str) -> Delivery:
    """A message of a person, owed."""
    account = end.more["account_sid"]
    form: Form = {
        "SmsMessageSid": message.id, "NumMedia": str(len(files)), "SmsSid": message.id, "SmsStatus": "received",
        "Body": message.text, "To": address(end, end.id), "NumSegments": "1", "MessageSid": message.id,
        "AccountSid": account, "From": address(end, person.id), "ApiVersion": VERSION,
    }  # fmt: skip
    if end.more["messaging_service_sid"]:
        form["MessagingServiceSid"] = end.more["messaging_service_sid"]
    if end.more["channel"] == "whatsapp":
        form |= {"ProfileName": person.name, "WaId": person.id.removeprefix("+"), "MessageType": kind(files)}
    else:
        # Fields without a value are there, and signed, all the same.
        form |= {
            "ToCountry": "US", "ToState": "CA", "ToCity": "", "ToZip": "", "FromCountry": "US", "FromState": "",
            "FromCity": "", "FromZip": "", "NumSegments": str(segments(message.text)),
        }  # fmt: skip
    for n, file in enumerate(files):
        where = f"{base}/api/{VERSION}/Accounts/{account}/Messages/{message.id}/Media/{media_sid(file.id)}"
        form |= {f"MediaContentType{n}": file.media_type, f"MediaUrl{n}": where}
    body = urlencode({**form, **more})
    return Delivery(f"m:{message.id}", end.id, "message", f"m:{end.id}:{person.id}", end.more["webhook_url"], body)


def kind(files: tuple[File, ...]) -> str:
    """What a message is called by what is in it."""
    return {"image": "image", "audio": "audio", "video": "video"}.get(
        files[0].media_type.partition("/")[0] if files else "", "document" if files else "text"
    )


def status(end: End, message: Message, name: str) -> Delivery:
    """What became of a message of ours, for the address that it was sent with; none: nobody is told."""
    form: Form = {
        "AccountSid": end.more["account_sid"], "ApiVersion": VERSION, "From": address(end, end.id),
        "MessageSid": message.id, "MessageStatus": name, "SmsSid": message.id, "SmsStatus": name,
        "To": address(end, message.person),
    }  # fmt: skip
    if message.more.get("service"):
        form["MessagingServiceSid"] = str(message.more["service"])
    if end.more["channel"] == "whatsapp":
        form |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": address(end, message.person)}
        if name in {"read", "delivered"}:
            form["EventType"] = name.upper()
    elif name == "delivered":
        form["RawDlrDoneDate"] = "2609220000"
    if message.error is not None:
        form |= {"ErrorCode": message.error, "ErrorMessage": CODES[int(message.error)][0]}
    url = str(message.more.get("callback") or "")
    return Delivery(f"s:{message.id}:{name}", end.id, "status", f"s:{message.id}", url, urlencode(form))


def shown(end: End, message: Message, when: str) -> dict[str, Any]:
    """A message as the REST API has it. `when`: RFC 2822."""
    account = end.more["account_sid"]
    uri = f"/{VERSION}/Accounts/{account}/Messages/{message.id}"
    ours = message.by == "us"
    sent = ours and message.status is not None
    name = str(message.more.get("status") or message.status or "queued") if ours else "received"
    parties = (end.id, message.person) if ours else (message.person, end.id)
    return {
        "account_sid": account, "api_version": VERSION, "body": message.text, "date_created": when,
        "date_sent": when if sent or not ours else None, "date_updated": when,
        "direction": "outbound-api" if ours else "inbound",
        "error_code": None if message.error is None else int(message.error),
        "error_message": None if message.error is None else CODES[int(message.error)][0],
        "from": address(end, parties[0]), "messaging_service_sid": message.more.get("service"),
        "num_media": str(len(message.media) + len(message.links)),
        "num_segments": "1" if end.more["channel"] == "whatsapp" else str(segments(message.text)), "price": None,
        "price_unit": None, "sid": message.id, "status": name, "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": address(end, parties[1]), "uri": f"{uri}.json",
    }  # fmt: skip


def digest(words: str) -> str:
    """Something that nobody guesses, for addresses that need no password."""
    return hashlib.sha256(words.encode()).hexdigest()[:40]
