"""What Meta tells about our numbers. Pure."""

from collections.abc import Sequence

from throughline.channels.once import Told
from throughline.channels.whatsapp_meta.answers import NOT_THERE, Failed, code_of, failed
from throughline.conversation.channel import Health, NotSent, Probe, Refused

FIELDS = "display_phone_number,verified_name,quality_rating"
_LONGEST = 200
_WORSE: tuple[Health, ...] = ("up", "degraded", "down", "needs_reauth")


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
    found = {"number": f"+{digits}"[:20]}
    if isinstance(name, str) and name.strip():
        found["verified_name"] = " ".join(name.split())[:_LONGEST]
    return Probe("degraded", "quality_red", found) if quality == "RED" else Probe("up", options=found)


def together(ids: Sequence[str], probes: Sequence[Probe]) -> Probe:
    """One account's numbers, the main one first: as well as the worst of them, and how each is dialled."""
    worst = max(probes, key=lambda probe: _WORSE.index(probe.health))
    found = dict(probes[0].options)
    for name, probe in zip(ids, probes, strict=True) if len(ids) > 1 else ():
        if "number" in probe.options:
            found[f"number_{name}"] = probe.options["number"]
    return Probe(worst.health, worst.reason, found)
