"""What Twilio sends of SMS and MMS, taken apart: a request and our side of the account in, a Reading out. Pure.

STOP and its like are the carrier's words: Twilio has blocked the number before we hear of it, and we keep in mind that
it did. HELP is answered by Twilio, and left alone here.
"""

from throughline.channels.whatsapp_twilio import shapes
from throughline.channels.whatsapp_twilio.form import Form
from throughline.channels.whatsapp_twilio.shapes import Unknown
from throughline.channels.whatsapp_twilio.webhook import NOTHING, Ours, taken
from throughline.conversation.channel import Address, Consent, Inbound, RawRequest, Reading, Unverified

#: Words that are the whole message, in any case (help.twilio.com, "Twilio support for opt-out keywords").
WORDS = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), "STOP"),
    **dict.fromkeys(("START", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
    # Opens a closed number again, and may be an answer to a question just as well.
    "YES": "YES",
}


def read(request: RawRequest, ours: Ours) -> Reading | Unverified:
    """A webhook: verified over its address and all of its fields, then taken apart."""
    form = taken(request, ours)
    if not isinstance(form, Form):
        return form
    try:
        return said(form, ours)
    except Unknown as unknown:
        return Reading(reply=NOTHING, quarantine=str(unknown))


def carriers(told: str, body: str) -> str | None:
    """`STOP`, `START`, `YES` or `HELP` where the message is the carrier's; None: it is ours.

    `told` is Twilio's own word for it (`OptOutType`): it knows what a messaging service's owner has set.
    """
    word, said = body.strip().upper(), told.upper()
    if said in {"STOP", "START", "HELP"}:
        return "YES" if said == "START" and word == "YES" else said
    return WORDS.get(word)


def said(form: Form, ours: Ours) -> Reading:
    """What somebody said, in a form that is Twilio's. Raises Unknown."""
    message = shapes.sid(form)
    address = shapes.address(form, ours.options)
    text, media = shapes.clean(form.text("Body")), shapes.media(form)
    carrier = carriers(form.text("OptOutType"), text)
    consents = () if carrier in {None, "HELP"} else (Consent(f"{message}:consent", address, off=carrier == "STOP"),)
    if carrier in {"STOP", "START", "HELP"} or not (text.strip() or media):
        return Reading(reply=NOTHING, consents=consents)
    inbound = Inbound(message, Address(address), text, ref=message, media=media)
    return Reading(reply=NOTHING, inbound=(inbound,), consents=consents)
