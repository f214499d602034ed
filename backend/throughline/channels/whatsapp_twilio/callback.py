"""What becomes of a message, told by Twilio to an address that carries our own mark. Pure.

A POST to Twilio that timed out may have been taken: then nobody knows its MessageSid but the callback, and its address
names our message. Anybody who knows ids could write such an address, so the mark is signed with a key of the account's
own. Source: twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks.
"""

import hmac
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from throughline.channels.whatsapp_twilio.answers import reason
from throughline.channels.whatsapp_twilio.form import Form
from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import ConversationId, MessageId

Mark = tuple[ConversationId, MessageId, int]

_MARK = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([0-9]{1,4})", re.ASCII)
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
#: Hexadecimal digits of the proof.
_PROOF = 32

#: Of the statuses those that say something; the others only that it is on its way. Their order is not promised.
STATES: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "sent": "accepted", "delivered": "delivered", "partially_delivered": "delivered", "read": "read",
        "failed": "refused", "undelivered": "refused", "canceled": "refused",
    }
)  # fmt: skip
_ON_ITS_WAY = frozenset({"queued", "accepted", "scheduled", "sending"})


def is_callback(form: Form) -> bool:
    """Whether it tells about a message of ours: an incoming one has `SmsStatus` alone."""
    return form.text("MessageStatus") not in {"", "receiving", "received"}


def callback_url(webhook: str, mark: Mark, key: bytes) -> str:
    """The address for `StatusCallback`: the account's webhook, and which piece of which message it is."""
    mid = f"{mark[0]}.{mark[1]}.{mark[2]}"
    return f"{webhook}?mid={mid}&sig={_proof(mid, key)}"


def reachable(url: str) -> bool:
    """Whether Twilio can be told this address: it refuses a message whose callback is on somebody's own machine."""
    host = urlsplit(url).hostname or ""
    return "." in host and not host.startswith("127.") and not host.endswith(".localhost")


def receipt(form: Form, query: str, key: bytes) -> Receipt | str | None:
    """What is told; a code where it is not understood; None where it says nothing, or its mark is not ours."""
    status, sid = form.text("MessageStatus"), form.text("MessageSid")
    if not _SID.fullmatch(sid):
        return "bad_sid"
    if status in _ON_ITS_WAY:
        return None
    state = STATES.get(status)
    if state is None:
        return "unknown_status"
    why = reason(form.text("ErrorCode"), status) if state == "refused" else None
    given = parse_qs(query, keep_blank_values=True, max_num_fields=64)
    if "mid" not in given and "sig" not in given:
        # Told to the address that is set at the number, not at the message: its id has to do.
        return Receipt(state, remote=sid, reason=why)
    mark = _mark(given.get("mid", []), given.get("sig", []), key)
    return Receipt(state, mark[0], mark[1], sid, reason=why) if mark else None


def _mark(mids: list[str], proofs: list[str], key: bytes) -> Mark | None:
    if len(mids) != 1 or len(proofs) != 1:
        return None
    found = _MARK.fullmatch(mids[0])
    proof = proofs[0].encode("utf-8", "replace")
    if found is None or not hmac.compare_digest(_proof(mids[0], key).encode(), proof):
        return None
    return ConversationId(found[1]), MessageId(found[2]), int(found[3])


def _proof(mid: str, key: bytes) -> str:
    return hmac.digest(key, b"twilio callback:" + mid.encode(), "sha256").hex()[:_PROOF]
