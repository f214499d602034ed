"""The app an admin makes at Slack, and its credentials by their look."""

import json
from typing import Any

import pytest

from throughline.channels.slack.capabilities import OPTIONS, SCOPES, SECRETS
from throughline.channels.slack.channel import Slack
from throughline.channels.slack.manifest import manifest

HOOK = "https://talk.example.org/api/v1/channels/slack/webhook/a-1"
#: Slack's own names, from the app manifest reference: a misspelt key is refused by Slack.
KEYS: dict[str, set[str]] = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "background_color"},
    "features": {"app_home", "bot_user", "agent_view"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "features.agent_view": {"agent_description", "suggested_prompts"},
    "oauth_config": {"scopes"},
    "oauth_config.scopes": {"bot"},
    "settings": {
        "event_subscriptions", "interactivity", "org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled",
    },
    "settings.interactivity": {"is_enabled", "request_url"},
    "settings.event_subscriptions": {"request_url", "bot_events", "metadata_subscriptions"},
}  # fmt: skip
#: The scope without which an event never comes, from the event reference.
NEEDS = {
    "app_mention": "app_mentions:read", "message.im": "im:history", "message.channels": "channels:history",
    "message.groups": "groups:history", "app_context_changed": "assistant:write",
    "message_metadata_posted": "metadata.message:read",
}  # fmt: skip


def at(found: dict[str, Any], path: str) -> dict[str, Any]:
    for name in path.split(".") if path else ():
        found = found[name]
    return found


@pytest.mark.parametrize("socket", [True, False])
@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_one_that_slack_knows(path: str, socket: bool) -> None:
    given = set(at(manifest("https://talk.example.org/", "a-1", socket=socket), path))

    assert given <= KEYS[path]
    assert KEYS[path] - given <= {"request_url"}


@pytest.mark.parametrize("socket", [True, False])
def test_what_is_subscribed_may_be_read_and_what_is_called_may_be_called(socket: bool) -> None:
    made = manifest("https://talk.example.org", "a-1", socket=socket)
    scopes = made["oauth_config"]["scopes"]["bot"]
    events = made["settings"]["event_subscriptions"]["bot_events"]

    assert set(NEEDS) <= set(events)
    assert {NEEDS[event] for event in events if event in NEEDS} <= set(scopes)
    assert {"tokens_revoked", "app_uninstalled", "agent_session_stopped", "app_home_opened"} <= set(events)
    assert {*SCOPES, "chat:write", "im:write"} <= set(scopes)
    assert scopes == sorted(set(scopes))
    assert json.loads(json.dumps(made)) == made


def test_with_a_public_address_events_and_clicks_go_to_the_accounts_webhook() -> None:
    settings = manifest("https://talk.example.org/", "a-1", socket=False)["settings"]

    assert settings["event_subscriptions"]["request_url"] == HOOK
    assert settings["interactivity"] == {"is_enabled": True, "request_url": HOOK}
    assert settings["socket_mode_enabled"] is False


def test_with_a_socket_no_address_of_ours_is_in_it() -> None:
    made = manifest("https://talk.example.org", "a-1", socket=True)

    assert made["settings"]["socket_mode_enabled"] is True
    assert "talk.example.org" not in json.dumps(made)


def test_lengths_are_what_slack_takes() -> None:
    made = manifest("https://talk.example.org", "a-1", socket=True, name="N" * 200)

    assert len(made["display_information"]["name"]) <= 35
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    assert len(made["display_information"]["description"]) <= 140


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("bot_token", "xoxb-123-456-abcDEF", ["xapp-1-A0-1-abc", "xoxp-1-2-abc", "xoxb-", "xoxb-1 2 3 4 5 6", "hello"]),
        ("bot_token", "xoxe.xoxb-1-abcDEF", ["xoxe-1-abcdefgh"]),
        ("app_token", "xapp-1-A0APP-1-abc", ["xoxb-123-456-abcDEF", "", "xapp-\n"]),
        (
            "signing_secret",
            "8f742231b10e8888abcd99yyyzzz85a5",
            ["xoxb-123-456-abcDEF", "short", "8f742231b10e 8888abcd"],
        ),
        ("team", "T0TEAM", ["C0TEAM", "t0team", "T0/U1"]),
        ("bot_user", "U0BOT", ["B0BOT", "@bot"]),
        ("bot_id", "B0BOT", ["U0BOT"]),
        ("app", "A0APP", ["T0TEAM"]),
        ("socket", "on", ["yes", "ON"]),
        ("markdown", "off", ["no"]),
        ("team_name", "Acme, Inc.", []),
    ],
)
def test_a_wrong_credential_is_told_by_its_look(name: str, good: str, bad: list[str]) -> None:
    slack = Slack()

    assert slack.wrong(name, good) is None
    for value in bad:
        told = slack.wrong(name, value)
        assert told
        assert len(value) < 8 or value not in told


def test_every_secret_and_option_has_a_look() -> None:
    slack = Slack()
    free = {"team_name"}

    assert [name for name in (*SECRETS, *OPTIONS) if name not in free and slack.wrong(name, "?") is None] == []


@pytest.mark.parametrize(
    ("options", "secrets", "enough"),
    [
        ({}, {"bot_token", "signing_secret"}, True),
        ({"socket": "on"}, {"bot_token", "app_token"}, True),
        ({"socket": "off"}, {"bot_token", "app_token"}, False),
        ({"socket": "on"}, {"bot_token", "signing_secret"}, False),
        ({}, {"signing_secret"}, False),
        ({}, set[str](), False),
    ],
)
def test_a_token_and_one_way_to_be_heard_are_enough(options: dict[str, str], secrets: set[str], enough: bool) -> None:
    assert Slack().complete(options, secrets) is enough
