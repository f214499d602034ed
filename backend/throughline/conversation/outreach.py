"""Outreach: what may be sent to somebody who has not asked for it now, and why not. Pure."""

from msgspec import Struct

from throughline.conversation.allow import allowed
from throughline.conversation.channel import Capabilities
from throughline.conversation.events import ChannelName, Template
from throughline.conversation.faults import NOT_LINKED, STAYS_OFF, Fault
from throughline.conversation.policy import Policy, check_text
from throughline.conversation.records import Account, Identity
from throughline.conversation.trust import plain
from throughline.conversation.window import is_open

UNKNOWN_ACCOUNT = Fault("unknown_account", 404, "There is no such account here.", "Copy its id from the admin page.")
NO_ACCOUNT = Fault("no_account", 409, "This channel has no account here that is switched on.", "Ask an admin.")
WHICH_ACCOUNT = Fault(
    "which_account", 422, "This channel has several accounts here.", "Say which one shall send: `account`."
)
NOT_ALLOWED = Fault(
    "not_allowed", 403, "The account's list of addresses does not have this one.", "Ask an admin to add it."
)
NO_TEMPLATES = Fault("no_templates", 422, "This channel knows no templates.", "Send a text instead.")
#: Parameters of one template, and characters of each, of its name and of its language.
_PARAMETERS, _PARAMETER, _NAME, _LANGUAGE = 20, 1_000, 512, 20
BAD_TEMPLATE = Fault(
    "bad_template", 422, "The template cannot be sent so.",
    f"Name it as the provider does; at most {_PARAMETERS} parameters of {_PARAMETER:,} characters.",
)  # fmt: skip


def bad_address(label: str) -> Fault:
    """Nobody can be called so on that channel."""
    hint = "A phone number has its country code (+44 7700 900123), a mail address is one and without a name."
    return Fault("bad_address", 422, f"Nobody can be reached by this on {label}.", hint)


def needs_template(label: str) -> Fault:
    """A channel where we may only answer, and they have not written lately."""
    return Fault(
        "window_closed", 409, f"{label} lets us write freely only for a while after they wrote.",
        "Send an approved template, or wait until they write.",
    )  # fmt: skip


class Wanted(Struct, frozen=True):
    """What somebody wants to be sent. `to`: an identity's id, or how people write an address of the channel.

    With a `template` the channel gets that one, and `text` is what everybody else reads of it. A `subject` begins a
    talk of its own where the channel has threads. `name`: how to call who is new.
    """

    channel: ChannelName
    to: str
    text: str = ""
    template: Template | None = None
    account: str | None = None
    subject: str = ""
    name: str = ""


def unfit(wanted: Wanted, policy: Policy) -> Fault | None:
    """Why it cannot be kept or sent as it is, whoever it is for."""
    template = wanted.template
    wrong = check_text(wanted.text, policy, alone=template is None)
    if wrong is not None or template is None:
        return wrong
    lines = (template.name, template.language, *template.parameters)
    fits = (
        0 < len(template.name) <= _NAME
        and len(template.language) <= _LANGUAGE
        and len(template.parameters) <= _PARAMETERS
        and all(check_text(line, policy, alone=False) is None and len(line) <= _PARAMETER for line in lines)
    )
    return None if fits else BAD_TEMPLATE


def shut_out(account: Account, can: Capabilities, to: Identity | str, wanted: Wanted, now: int) -> Fault | None:
    """Why nothing may be sent to them from there now."""
    known = to if isinstance(to, Identity) else None
    if not allowed(account.options.get("allow", ""), (plain(to.address) if isinstance(to, Identity) else to,)):
        return NOT_ALLOWED
    if known is not None and known.off_at is not None:
        return STAYS_OFF
    if wanted.template is not None:
        return None if can.window > 0 else NO_TEMPLATES
    if not is_open(can, None if known is None else known.last_in, now):
        return needs_template(can.label)
    return NOT_LINKED if known is None and not can.start and can.window <= 0 else None
