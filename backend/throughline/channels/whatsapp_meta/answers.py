"""What Meta's answers and error numbers mean for a send. Pure: a status, headers and a body in, an outcome out.

Sources: developers.facebook.com, WhatsApp Business Platform, "Error codes" (2026-05-15), which wants programs to go by
`code` and never by words; "Throughput" for 130429; "Cloud API" overview for 131056. A number that is not here is a
refusal: Meta answers 4xx before it does anything. A 5xx may come after it did.
"""

from collections.abc import Mapping
from types import MappingProxyType

from throughline.channels.once import Told
from throughline.channels.whatsapp_meta.addresses import is_wamid
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Refused

#: Outside the 24 hours after the person's last message.
CLOSED = 131_047
#: Too many messages to one person; and the number of an object that is not there, or not ours.
PAIR, NOT_THERE = 131_056, 100
#: Seconds; longer nobody waits for a pair.
_LONGEST = 1_024.0

_OF_CLASS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        # Later, and surely not now.
        "ratelimited": frozenset({4, 17, 32, 613, 80_007, 80_008, 130_429}),
        "pair_rate": frozenset({PAIR}),
        "service_unavailable": frozenset({1, 2, 131_000, 131_016, 131_057, 133_004}),
        # The token is no good, for anything.
        "invalid_auth": frozenset({0, 102}),
        "token_expired": frozenset({190}),
        "missing_scope": frozenset({3, 10, 131_005, *range(200, 300)}),
        # It cannot go this way: a template may, or another channel.
        "window_closed": frozenset({CLOSED}),
        # Not to this person: no WhatsApp, blocked, opted out, another country, a test number's list.
        "undeliverable": frozenset(
            {130_472, 130_497, 131_021, 131_026, 131_030, 131_048, 131_049, 131_050, 131_060}
        ),
        # Our end is shut: locked, unpaid, unregistered, without a display name, against a policy.
        "account": frozenset({368, 130_403, 131_031, 131_037, 131_042, 131_045, 133_010, 133_016}),
        "template": frozenset({132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 132_068, 132_069}),
        "media": frozenset({131_052, 131_053}),
        # We wrote something that Meta does not understand.
        "bug": frozenset({NOT_THERE, 33, 131_008, 131_009, 131_051, 131_055, 135_000}),
    }
)  # fmt: skip
_CLASSES: Mapping[int, str] = MappingProxyType({code: name for name, codes in _OF_CLASS.items() for code in codes})
_LATER = frozenset({"ratelimited", "pair_rate", "service_unavailable"})
_AUTH = frozenset({"invalid_auth", "token_expired", "missing_scope"})
#: Words that say all; the others have their number behind them, for whoever looks it up.
_ALONE = _LATER | _AUTH | {"window_closed"}

#: Anything but accepted.
Failed = NotSent | Refused | Ambiguous


def reason(code: int) -> str:
    """An error number as our code: its class, `undeliverable_131026`; `meta_999` where we know none."""
    known = _CLASSES.get(code)
    if known in _ALONE:
        return known
    return f"{known or 'meta'}_{code}" if 0 <= code < 10_000_000 else "meta"


def code_of(told: Told) -> int | None:
    """The error's number, where the answer has one."""
    data = told.json()
    error = data.get("error") if data is not None else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def failed(told: Told) -> Failed | None:
    """What an answer says by its status and its error's number; None: it was taken."""
    if 300 <= told.status < 400:
        return Ambiguous("redirect")
    code = code_of(told)
    known = _CLASSES.get(code) if code is not None else None
    if told.status >= 500 or told.status == 408 or told.status < 200:
        # Of these, only what is looked at before anything is done was surely not done.
        before = known in _AUTH or known == "account"
        return _coded(code, told) if code is not None and before else Ambiguous(f"http_{told.status}")
    if told.status == 429 and known is None:
        return NotSent("ratelimited", told.retry_after())
    if code is not None:
        # Also with a 200: whatever came beside an error is no id.
        return _coded(code, told)
    return None if told.status < 300 else Refused(f"http_{told.status}")


def _coded(code: int, told: Told) -> Failed:
    known = _CLASSES.get(code)
    if known in _LATER:
        return NotSent(reason(code), told.retry_after())
    return Refused(reason(code), auth=known in _AUTH)


def sent(told: Told) -> Accepted | Failed:
    """The answer to a message: its id, or what became of it."""
    no = failed(told)
    if no is not None:
        return no
    messages = (told.json() or {}).get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    name = first.get("id") if isinstance(first, dict) else None
    if not isinstance(name, str) or not is_wamid(name):
        return Ambiguous("no_id")
    return Accepted(name)


def pair_wait(times: int) -> float:
    """Seconds before the next try to one person after so many refusals of the pair rate in a row: 4^X, as Meta says."""
    return float(min(_LONGEST, 4.0 ** min(times, 5)))
