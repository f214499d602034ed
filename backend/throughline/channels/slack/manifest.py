"""The app that an admin makes at Slack, as a manifest to paste. Pure.

Source: docs.slack.dev/reference/app-manifest. `agent_view` is Slack's place for agents since June 2026.
"""

from typing import Any

from throughline.channels.slack.capabilities import SCOPES
from throughline.channels.slack.wire import OURS

#: Also told where Slack's plan or an admin allows it; nothing breaks without: the metadata of posts, e-mail, files.
MORE_SCOPES = ("metadata.message:read", "reactions:write")
EVENTS = (
    "agent_session_stopped", "app_context_changed", "app_home_opened", "app_mention", "app_uninstalled",
    "message.channels", "message.groups", "message.im", "message_metadata_posted", "tokens_revoked",
)  # fmt: skip


def manifest(base_url: str, account: str, *, socket: bool, name: str = "Throughline") -> dict[str, Any]:
    """The manifest as JSON values. `base_url` is ours, as Slack reaches it; with `socket` no address is in it."""
    hook = f"{base_url.rstrip('/')}/api/v1/channels/slack/webhook/{account}"
    address: dict[str, Any] = {} if socket else {"request_url": hook}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name[:35],
            "description": "One conversation, every channel, live.",
            "background_color": "#115e59",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name[:80], "always_online": True},
            "agent_view": {
                "agent_description": "Answers here, and goes on wherever you go on.",
                "suggested_prompts": [{"title": "What can you do?", "message": "What can you help me with?"}],
            },
        },
        "oauth_config": {"scopes": {"bot": sorted((*SCOPES, *MORE_SCOPES))}},
        "settings": {
            "event_subscriptions": {
                **address,
                "bot_events": list(EVENTS),
                "metadata_subscriptions": [{"app_id": "*", "event_type": OURS}],
            },
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
