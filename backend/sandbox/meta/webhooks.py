"""What Meta tells a webhook: envelopes, messages of people, statuses of ours; and the signature over the very bytes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from sandbox.meta.codes import in_status
from sandbox.phones.facts import Delivery, End, File, Message, Person

#: Seconds from a failed attempt to the next one; bounded at seven days.
AGAIN = (5.0, 30.0, 120.0, 600.0, 3_600.0, 21_600.0, 86_400.0, 86_400.0, 86_400.0, 86_400.0, 86_400.0, 86_400.0)
Json = dict[str, Any]


def signature(secret: str, body: bytes) -> str:
    """The header's value."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def envelope(end: End, value: Json) -> str:
    """One change of one number, as JSON whose letters are all ASCII: others are escaped, as Meta does."""
    head = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "".join(c for c in end.more["display_phone_number"] if c.isdigit()),
            "phone_number_id": end.id,
        },
    }
    change = {"value": {**head, **value}, "field": "messages"}
    entry = {"id": end.more["waba_id"], "changes": [change]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":")).replace(
        "/", r"\/"
    )


def merged(deliveries: Sequence[Delivery]) -> Delivery | None:
    """Their entries in one envelope; None where one of them is none."""
    entries: list[Any] = []
    for one in deliveries:
        try:
            entries += json.loads(one.body)["entry"]
        except (ValueError, LookupError, TypeError):
            return None
    last = deliveries[-1]
    return replace(last, id=f"{last.id}+", lane=f"batch:{last.id}", kind="message", body=_json(entries))


def contact(person: Person) -> Json:
    """Who somebody is. Of those with a username only, the number is not said."""
    profile = {"name": person.name, **({"username": person.more["username"]} if person.more["username"] else {})}
    who = {"profile": profile, **({} if person.more["username_only"] else {"wa_id": person.id})}
    return {**who, "user_id": person.more["bsuid"], **_parent(person, "parent_user_id")}


def sender(person: Person) -> Json:
    """The head of what somebody sent."""
    number = {} if person.more["username_only"] else {"from": person.id}
    return {**number, "from_user_id": person.more["bsuid"], **_parent(person, "from_parent_user_id")}


def told(end: End, person: Person, name: str, at: float, what: Json) -> Delivery:
    """A message of a person, owed. `at`: wall seconds."""
    message = {**sender(person), "id": name, "timestamp": str(int(at)), **what}
    value = {"contacts": [contact(person)], "messages": [message]}
    return Delivery(f"m:{name}", end.id, "message", f"m:{end.id}:{person.id}", _url(end), envelope(end, value))


def system(end: End, name: str, at: float, head: Json, what: Json) -> Delivery:
    """Something that happened to a person; it comes without contacts."""
    message = {**head, "id": name, "timestamp": str(int(at)), "type": "system", "system": what}
    return Delivery(f"m:{name}", end.id, "message", f"m:{name}", _url(end), envelope(end, {"messages": [message]}))


def media(file: File, caption: str) -> Json:
    """A file in a message: its kind by its type."""
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    kind = file.media_type.partition("/")[0]
    what: Json = {"id": file.id, "mime_type": file.media_type, "sha256": digest}
    if kind == "audio":
        return {"type": "audio", "audio": {**what, "voice": True}}
    if caption:
        what["caption"] = caption
    if kind in {"image", "video"}:
        return {"type": kind, kind: what}
    return {"type": "document", "document": {**what, "filename": file.name}}


def status(end: End, person: Person | None, message: Message, name: str, at: float) -> Delivery:
    """What became of a message of ours, owed. The sender's own mark comes back."""
    told_: Json = {"id": message.id, "status": name, "timestamp": str(int(at))}
    if person is None or not person.more["username_only"]:
        told_["recipient_id"] = message.person
    if person is not None:
        told_["recipient_user_id"] = person.more["bsuid"]
    if name in {"sent", "delivered"}:
        told_["pricing"] = {
            "billable": bool(message.more.get("template")), "pricing_model": "PMP",
            "category": "utility" if message.more.get("template") else "service",
        }  # fmt: skip
    if (mark := message.more.get("mark")) is not None:
        told_["biz_opaque_callback_data"] = mark
    if message.error is not None:
        told_["errors"] = [in_status(int(message.error))]
    body = envelope(end, {"statuses": [told_]})
    return Delivery(f"s:{message.id}:{name}", end.id, "status", f"s:{message.id}", _url(end), body)


def _parent(person: Person, name: str) -> Json:
    return {name: person.more["parent_bsuid"]} if person.more["parent_bsuid"] else {}


def _url(end: End) -> str:
    return str(end.more["webhook_url"])


def _json(entries: list[Any]) -> str:
    whole = {"object": "whatsapp_business_account", "entry": entries}
    return json.dumps(whole, separators=(",", ":")).replace("/", r"\/")
