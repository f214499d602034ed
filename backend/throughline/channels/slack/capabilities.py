"""What Slack can do, and what an account of it needs: data. Sources: docs.slack.dev/reference/methods, and issues."""

from throughline.conversation.channel import Capabilities

#: Characters of `markdown_text`.
MARKDOWN = 12_000
#: Characters of `text` that both chat.postMessage and chat.update take.
TEXT = 4_000

SLACK = Capabilities(
    channel="slack",
    label="Slack",
    stream=True,
    edit=True,
    typing=True,
    rings=True,
    receipts=False,
    threads=True,
    start=True,
    text=MARKDOWN,
    # `message_metadata_posted` comes within a second or two, or not at all.
    echo_wait=10.0,
    # chat.update: 50 a minute; chat.appendStream: 100 a minute for all streams of a workspace.
    pace=1.0,
    # Slack ends a stream after about five minutes, appends or not (python-slack-sdk#1859).
    stream_life=240.0,
    # Tiers 2, 4, 2, 3 and 3 of the methods behind them, per workspace; one post a second per channel.
    rates={
        "start": (20, 60.0),
        "append": (100, 60.0),
        "stop": (20, 60.0),
        "update": (50, 60.0),
        "status": (50, 60.0),
        "post": (1, 1.0),
        # Once a minute for apps that are distributed outside the Marketplace, see history.py.
        "seek": (1, 60.0),
        "history": (1, 60.0),
    },
)

SECRETS = ("bot_token", "signing_secret", "app_token")
#: `socket`: `on` for Socket Mode. `markdown`: `off` where a workspace does not know `markdown_text`.
OPTIONS = ("team", "team_name", "app", "bot_user", "bot_id", "socket", "markdown")

#: Bot scopes without which something is missing; asked for by the manifest, compared by the probe.
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "chat:write", "groups:history", "im:history",
    "im:write", "users:read",
)  # fmt: skip
