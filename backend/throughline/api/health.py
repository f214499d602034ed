"""How the gateway is: alive, ready, in detail, in numbers. Never logged per call; a channel's trouble fails nothing."""

from collections.abc import Sequence

from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from throughline.api.answer import NO_STORE, Answer, shown, text
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.shapes import About, HealthShown, VersionShown
from throughline.api.table import Operation
from throughline.conversation.faults import Fault
from throughline.conversation.records import Account, AccountStatus
from throughline.observe import REGISTRY
from throughline.ports import StoreDown


class ReadyQuery(Struct, frozen=True):
    """`?verbose` lists every check."""

    verbose: str | None = None


async def alive(_door: Door, _ask: Ask) -> Answer | Fault:
    """The process answers."""
    return text("ok\n")


async def ready(door: Door, ask: Ask) -> Answer | Fault:
    """Messages can be kept. A missing model is said, and is no reason not to be ready."""
    wrong = checks(door)
    status = 503 if any(w is not None for _, w in wrong) else 200
    # `parse_qsl` leaves out `?verbose` without a value, so the raw query is asked.
    if not ask.scope["query_string"].startswith(b"verbose"):
        return text("ok\n" if status == 200 else "not ready\n", status)
    lines = [f"[+]{name} ok" if w is None else f"[-]{name} {w}" for name, w in wrong]
    model = door.about.model
    lines.append(
        "[!]model none is configured: turns end with a friendly line"
        if model is None
        else f"[+]model {model.label}{' (demo)' if model.demo else ''}"
    )
    lines += [
        f"[{'!' if state.startswith(_TROUBLE) else '+'}]{name} {state}"
        for name, state in (await _channels(door)).items()
        if name != "web"
    ]
    return text("\n".join([*lines, "ready" if status == 200 else "not ready", ""]), status)


async def health(door: Door, _ask: Ask) -> Answer | Fault:
    """Everything at once: what /readyz checks, and the state of every channel."""
    wrong = checks(door)
    down = any(w is not None for _, w in wrong)
    body = HealthShown(
        status="down" if down else "ok",
        version=door.about.version,
        checks={name: w or "ok" for name, w in wrong},
        channels=await _channels(door),
    )
    return shown(body, 503 if down else 200)


async def version(door: Door, _ask: Ask) -> Answer | Fault:
    """Which build."""
    return shown(VersionShown("throughline", door.about.version))


async def about(door: Door, _ask: Ask) -> Answer | Fault:
    """What a sign-in page needs to know."""
    return shown(door.about)


async def metrics(_door: Door, _ask: Ask) -> Answer | Fault:
    """Numbers for Prometheus."""
    return Answer(200, generate_latest(REGISTRY), ((b"content-type", CONTENT_TYPE_LATEST.encode()), NO_STORE))


def checks(door: Door) -> list[tuple[str, str | None]]:
    """Every check with what is wrong, or None."""
    return [("store", door.store.health()), *((name, check()) for name, check in door.checks)]


def channel_state(accounts: Sequence[Account]) -> str:
    """All accounts of a channel in one word, with the reason where something is wrong: trouble of one is the channel's.

    Where nothing is wrong, one that is up says that the channel is.
    """
    if not accounts:
        return "unconfigured"
    worst = min(accounts, key=lambda a: _ORDER.index(a.status))
    return f"{worst.status}: {worst.reason}" if worst.status in _TROUBLE and worst.reason else worst.status


async def _channels(door: Door) -> dict[str, str]:
    if door.ends is None:
        return {"web": "up"}
    try:
        rows = await door.store.read(lambda tx: tx.accounts.accounts(None))
    except StoreDown:
        return {"web": "up", **dict.fromkeys(door.ends.channels.names(), "unknown")}
    names = door.ends.channels.names()
    return {"web": "up"} | {name: channel_state([a for a in rows if a.channel == name]) for name in names}


#: What a channel's accounts are, the most telling first.
_TROUBLE = ("down", "needs_reauth", "degraded")
_ORDER: tuple[AccountStatus, ...] = (
    "down", "needs_reauth", "degraded", "up", "waiting_first_event", "unconfigured", "disabled",
)  # fmt: skip
_PLAIN = "text/plain"
OPERATIONS = (
    Operation(
        name="livez", method="GET", path="/livez", verb=alive, tag="health", who="anyone", media=_PLAIN,
        summary="The process answers.",
    ),
    Operation(
        name="healthz", method="GET", path="/healthz", verb=alive, tag="health", who="anyone", media=_PLAIN,
        summary="The same as /livez.",
    ),
    Operation(
        name="readyz", method="GET", path="/readyz", verb=ready, tag="health", who="anyone", media=_PLAIN,
        query=ReadyQuery, refusals=(503,), summary="Messages can be kept; `?verbose` says what was checked.",
    ),
    Operation(
        name="health", method="GET", path="/health", verb=health, tag="health", who="anyone", gives=HealthShown,
        refusals=(503,), summary="What is checked, and every channel's state.",
    ),
    Operation(
        name="version", method="GET", path="/version", verb=version, tag="health", who="anyone", gives=VersionShown,
        summary="Which build answers.",
    ),
    Operation(
        name="about", method="GET", path="/api/v1/about", verb=about, tag="sign-in", who="anyone", gives=About,
        summary="What a sign-in page needs to know.",
    ),
    Operation(
        name="metrics", method="GET", path="/metrics", verb=metrics, tag="health", who="keyholder", media=_PLAIN,
        refusals=(401, 403), summary="Prometheus; open on loopback, elsewhere for members and the scrape token.",
    ),
)  # fmt: skip
