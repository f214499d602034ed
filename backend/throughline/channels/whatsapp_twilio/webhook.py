"""What every webhook of Twilio's goes through first: whose is it, and is it about a message of ours. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from throughline.channels.whatsapp_twilio import form as forms
from throughline.channels.whatsapp_twilio.callback import is_callback, receipt
from throughline.channels.whatsapp_twilio.form import Form
from throughline.channels.whatsapp_twilio.shapes import READ
from throughline.channels.whatsapp_twilio.signature import signing, unverified
from throughline.conversation.channel import RawRequest, Reading, Receipt, Reply, Unverified

#: Bytes of one request; Twilio's own are far below.
MOST = 262_144
#: TwiML that says nothing: the answer goes by REST, because Twilio waits for no turn.
NOTHING = Reply(body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")


class Ours(Struct, frozen=True):
    """What our side of an account brings to a reading. Its text form tells no secret."""

    secrets: Mapping[str, str]
    options: Mapping[str, str]
    key: bytes
    public_url: str

    def __repr__(self) -> str:
        return f"Ours({self.public_url!r})"


def taken(request: RawRequest, ours: Ours) -> Form | Reading | Unverified:
    """A form that is Twilio's and brings a message; what it says about one of ours is read already."""
    if len(request.body) > MOST:
        return Unverified("too_big", 403)
    url = f"{ours.public_url}{request.path}" + (f"?{request.query}" if request.query else "")
    is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == forms.MEDIA_TYPE
    form = forms.parsed(request.body) if is_form else None
    if is_form and form is None:
        return Unverified("too_many_fields", 403)
    try:
        reason = unverified(request.headers, url, request.body, form, signing(ours.options, ours.secrets))
    except ValueError:
        # An address that cannot be taken apart was never one of ours.
        return Unverified("bad_url", 403)
    if reason is not None:
        return Unverified(reason, 403)
    if form is None:
        return Reading(reply=NOTHING, quarantine="no_form")
    return _known(form, request.query, ours)


def _known(form: Form, query: str, ours: Ours) -> Form | Reading | Unverified:
    """The signature joins names and values without a sign between them, so the account is looked at by itself."""
    if form.doubled(READ):
        return Unverified("doubled_field", 403)
    account = form.text("AccountSid")
    if not account:
        return Reading(reply=NOTHING, quarantine="no_account")
    if account != ours.options.get("account_sid"):
        return Unverified("other_account", 403)
    if not is_callback(form):
        return form
    told = receipt(form, query, ours.key)
    if isinstance(told, str):
        return Reading(reply=NOTHING, quarantine=told)
    receipts: tuple[Receipt, ...] = (told,) if told else ()
    return Reading(reply=NOTHING, receipts=receipts)
