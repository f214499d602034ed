"""The parts of Twilio's forms that its channels have alike: who, to whom, what, with what attached. Pure.

Source: twilio.com/docs/messaging/guides/webhook-request. Fields that we do not know are left alone: Twilio adds some
without notice.
"""

import re
from collections.abc import Mapping
from typing import Literal

from throughline.channels.whatsapp_twilio.credentials import numbers
from throughline.channels.whatsapp_twilio.form import Form
from throughline.conversation.channel import Media
from throughline.markup.graphemes import cut

#: Fields that decide something: none of them may come twice.
READ = frozenset(
    {
        "AccountSid", "MessageSid", "SmsMessageSid", "SmsStatus", "MessageStatus", "ErrorCode", "From", "To", "Body",
        "ProfileName", "ButtonText", "ButtonPayload", "ListId", "ListTitle", "OptOutType", "MessageType", "Latitude",
        "Longitude", "Address", "Label", "NumMedia", *(f"MediaUrl{n}" for n in range(10)),
        *(f"MediaContentType{n}" for n in range(10)),
    }
)  # fmt: skip

Kind = Literal["image", "audio", "video", "file"]

_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
#: A business-scoped user id, of somebody who does not show their number.
_SCOPED = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,127}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,17})?", re.ASCII)
#: What no text here may hold: controls but tab and line ends.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MEDIA = 10
_URL = 2_000
_LINE = 200
_KINDS: Mapping[str, Kind] = {"image": "image", "audio": "audio", "video": "video"}
UNNAMED = "application/octet-stream"


class Unknown(ValueError):  # noqa: N818 - what Twilio sent is no error of ours
    """Not understood; its text is the code of the quarantine."""


def sid(form: Form) -> str:
    """The message's id: the same message always has the same."""
    found = form.text("MessageSid") or form.text("SmsMessageSid")
    if not _SID.fullmatch(found):
        raise Unknown("bad_sid")
    return found


def address(form: Form, options: Mapping[str, str], prefix: str = "") -> str:
    """`<our number>/<theirs>`, both without the channel's prefix. Whose account it is our own end says."""
    ours, theirs = (_bare(form.text(name), prefix) for name in ("To", "From"))
    if ours not in numbers(options):
        raise Unknown("unknown_number")
    if not _E164.fullmatch(theirs) and not (prefix and _SCOPED.fullmatch(theirs)):
        raise Unknown("bad_sender")
    return f"{ours}/{theirs}"


def ends(given: str) -> tuple[str, str] | None:
    """An address of ours taken apart again; None: it is none."""
    ours, _, theirs = given.partition("/")
    fits = _E164.fullmatch(ours) and (_E164.fullmatch(theirs) or _SCOPED.fullmatch(theirs))
    return (ours, theirs) if fits else None


def line(text: str) -> str:
    """One line of at most 200 characters, as a name or a label."""
    return cut(" ".join(clean(text).split()), _LINE)


def clean(text: str) -> str:
    """Text without controls, with one kind of line end."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def media(form: Form, *, voice: bool = False) -> tuple[Media, ...]:
    """What is attached: what is there counts, not what `NumMedia` says. `voice`: Ogg audio is a voice note here."""
    found: list[Media] = []
    for number in range(_MEDIA):
        url = form.text(f"MediaUrl{number}")
        if not url or len(url) > _URL or not url.isascii():
            continue
        given = media_type(form.text(f"MediaContentType{number}"))
        kind = _KINDS.get(given.partition("/")[0], "file")
        found.append(Media(url, kind, given, voice=voice and given == "audio/ogg"))
    return tuple(found)


def media_type(given: str) -> str:
    """A media type without parameters, in lower case; bytes of any kind where it is none."""
    bare = given.partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else UNNAMED


def location(form: Form) -> str:
    """A place on the map in words; nothing where there is none."""
    at = (form.text("Latitude"), form.text("Longitude"))
    if not all(_NUMBER.fullmatch(number) for number in at):
        return ""
    named = ", ".join(filter(None, (line(form.text("Label")), line(form.text("Address")))))
    return f"[location: {named} ({at[0]}, {at[1]})]" if named else f"[location: {at[0]}, {at[1]}]"


def _bare(given: str, prefix: str) -> str:
    if not given.startswith(prefix) or (not prefix and ":" in given):
        raise Unknown("other_channel")
    return given[len(prefix) :]
