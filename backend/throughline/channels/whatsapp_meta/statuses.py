"""What became of a message of ours, as Meta tells it: a status in, a receipt out. Pure.

Statuses come in any order and again; which of them counts is the core's to say. `sent` is Meta's word for what it has
taken; `played` is a voice message's `read`.
"""

from throughline.channels.whatsapp_meta import marks
from throughline.channels.whatsapp_meta.addresses import is_wamid
from throughline.channels.whatsapp_meta.answers import reason
from throughline.channels.whatsapp_meta.shapes import Status
from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState

_STATES: dict[str, DeliveryState] = {
    "sent": "accepted",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "refused",
}


def receipt(status: Status) -> Receipt | None:
    """The receipt; None: it says nothing about where a message is. Raises ValueError for an id that is none."""
    state = _STATES.get(status.status)
    if state is None:
        return None
    if not is_wamid(status.id):
        raise ValueError("bad_id")
    mark = marks.read(status.biz_opaque_callback_data)
    why = None
    if state == "refused":
        why = reason(status.errors[0].code) if status.errors else "failed"
    conversation, message = mark[:2] if mark is not None else (None, None)
    return Receipt(state, conversation, message, status.id, reason=why)
