"""What Twilio sends of WhatsApp, taken apart: a request and our side of the account in, a Reading out. Pure.

Nothing raises. Whoever is not Twilio is Unverified, 403. What is signed and not understood is quarantined with a code.
The answer is always TwiML that says nothing, at once: Twilio gives a webhook 15 seconds, and a turn may take longer.
"""

from throughline.channels.whatsapp_twilio import shapes
from throughline.channels.whatsapp_twilio.form import Form
from throughline.channels.whatsapp_twilio.shapes import Unknown
from throughline.channels.whatsapp_twilio.webhook import NOTHING, Ours, taken
from throughline.conversation.channel import Address, Inbound, RawRequest, Reading, Unverified

#: What stands before every address of WhatsApp's at Twilio.
PREFIX = "whatsapp:"
#: Types of messages that are about another one, and say nothing.
_QUIET = frozenset({"reaction"})
_PRESSED = 256


def read(request: RawRequest, ours: Ours) -> Reading | Unverified:
    """A webhook: verified over its address and all of its fields, then taken apart."""
    form = taken(request, ours)
    if not isinstance(form, Form):
        return form
    try:
        return said(form, ours)
    except Unknown as unknown:
        return Reading(reply=NOTHING, quarantine=str(unknown))


def said(form: Form, ours: Ours) -> Reading:
    """What somebody said, in a form that is Twilio's. Raises Unknown."""
    message = shapes.sid(form)
    sender = Address(shapes.address(form, ours.options, PREFIX), shapes.line(form.text("ProfileName")))
    pressed = shapes.line(form.text("ButtonPayload") or form.text("ListId"))[:_PRESSED] or None
    title = form.text("ButtonText") or form.text("ListTitle")
    words = shapes.clean((title if pressed else "") or form.text("Body"))
    text = "\n".join(part for part in (words, shapes.location(form)) if part.strip())
    media = shapes.media(form, voice=True)
    all_of_it = text or pressed or ""
    if form.text("MessageType") in _QUIET or not (all_of_it or media):
        return Reading(reply=NOTHING)
    inbound = Inbound(message, sender, all_of_it, ref=message, media=media, pressed=pressed)
    return Reading(reply=NOTHING, inbound=(inbound,))
