"""What a test of an account's credentials finds."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.slack.channel import Slack
from throughline.conversation.channel import Probe

from .given import OPTIONS, line


def no(code: str) -> Answering:
    return answer({"ok": False, "error": code})


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


WHO = {
    "ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "throughline", "team_id": "T0TEAM",
    "user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0APP",
}  # fmt: skip
SCOPES = "app_mentions:read,assistant:write,channels:history,chat:write,groups:history,im:history,im:write,users:read"
TOLD = OPTIONS | {"team_name": "Acme"}


@pytest.mark.parametrize(
    ("answering", "probe"),
    [
        (answer(WHO, headers=[("X-OAuth-Scopes", SCOPES)]), Probe("up", options=TOLD)),
        (answer(WHO), Probe("up", options=TOLD)),
        (
            answer(WHO, headers=[("X-OAuth-Scopes", SCOPES.replace(",im:history", ""))]),
            Probe("degraded", "missing_scope:im:history", TOLD),
        ),
        (
            answer(WHO | {"team_id": "T0OTHER"}),
            Probe("needs_reauth", "other_team", TOLD | {"team": "T0OTHER"}),
        ),
        (
            answer({k: v for k, v in WHO.items() if k != "bot_id"}),
            Probe("needs_reauth", "not_a_bot", {k: v for k, v in TOLD.items() if k != "bot_id"}),
        ),
        (no("invalid_auth"), Probe("needs_reauth", "invalid_auth")),
        (answer({}, 429), Probe("degraded", "ratelimited")),
        (answer("oops", 503), Probe("down", "http_503")),
        (drop, Probe("down", "reset")),
    ],
)
async def test_a_probe_tells_whether_the_token_works(
    slack: Slack, provider: Scripted, answering: Answering, probe: Probe
) -> None:
    provider.otherwise = answering

    assert await slack.probe(line(provider.base)) == probe
    assert provider.methods() == ["auth.test"]


@pytest.mark.parametrize(
    ("opening", "health", "reason"),
    [
        (answer({"ok": True, "url": "wss://wss.slack.example/link"}), "up", None),
        (no("invalid_auth"), "needs_reauth", "app_token:invalid_auth"),
        (drop, "degraded", "app_token:reset"),
    ],
)
async def test_where_it_is_heard_by_a_socket_the_probe_asks_for_one(
    slack: Slack, provider: Scripted, opening: Answering, health: str, reason: str | None
) -> None:
    provider.by_method = {"auth.test": answer(WHO), "apps.connections.open": opening}
    probe = await slack.probe(line(provider.base, socket="on"))

    assert (probe.health, probe.reason, probe.options) == (health, reason, TOLD)
    assert [asked.headers["authorization"] for asked in provider.asked] == [
        "Bearer xoxb-1-2-abc",
        "Bearer xapp-1-A0APP-1-abc",
    ]
