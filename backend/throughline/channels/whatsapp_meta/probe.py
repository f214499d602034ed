"""What Meta tells about our number. Pure."""

from throughline.channels.once import Told
from throughline.channels.whatsapp_meta.answers import NOT_THERE, Failed, code_of, failed
from throughline.conversation.channel import NotSent, Probe, Refused

FIELDS = "display_phone_number,verified_name,quality_rating"
_LONGEST = 200


def probed(told: Told | Failed) -> Probe:
    """Up; degraded where people have complained; to be signed in anew where the token is no good."""
    no = failed(told) if isinstance(told, Told) else told
    if no is not None:
        if isinstance(no, Refused) and no.auth:
            return Probe("needs_reauth", no.reason)
        if isinstance(told, Told) and code_of(told) == NOT_THERE:
            # Not there, or this token may not see it: Graph does not say which.
            return Probe("down", "number_not_found")
        return Probe("degraded" if isinstance(no, NotSent) and no.reason == "ratelimited" else "down", no.reason)
    data = (told.json() if isinstance(told, Told) else None) or {}
    phone, name, quality = (data.get(field) for field in FIELDS.split(","))
    digits = "".join(sign for sign in phone if sign in "0123456789") if isinstance(phone, str) else ""
    if not digits:
        return Probe("down", "no_answer")
    found = {"phone": f"+{digits}"[:20]}
    if isinstance(name, str) and name.strip():
        found["verified_name"] = " ".join(name.split())[:_LONGEST]
    return Probe("degraded", "quality_red", found) if quality == "RED" else Probe("up", options=found)
