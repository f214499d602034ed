"""What Twilio tells about an account. Pure."""

from throughline.channels.whatsapp_twilio.answers import Answer, Failed
from throughline.conversation.channel import NotSent, Probe, Refused


def probed(answer: Answer | Failed) -> Probe:
    """Up where the account is active; to be signed in anew where the token is no good or the account is closed."""
    if not isinstance(answer, Answer):
        if isinstance(answer, Refused) and answer.auth:
            return Probe("needs_reauth", answer.reason)
        limited = isinstance(answer, NotSent) and answer.reason == "ratelimited"
        return Probe("degraded" if limited else "down", answer.reason)
    match answer.text("status"):
        case "active":
            return Probe("up")
        case "suspended" | "closed" as status:
            return Probe("needs_reauth", f"account_{status}")
        case _:
            return Probe("down", "no_status")
