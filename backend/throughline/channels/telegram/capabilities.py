"""What Telegram can do, and what an account of it needs: data. Source: core.telegram.org/bots/api and its FAQ."""

from types import MappingProxyType

from throughline.conversation.channel import Capabilities

#: Characters of a text, "after entities parsing"; of a file's caption.
TEXT, CAPTION = 4_096, 1_024
#: Bytes of a photo and of another file that Telegram fetches by its address; of one that we may download.
PHOTO, FILE, DOWNLOAD = 5_000_000, 20_000_000, 20_000_000

TELEGRAM = Capabilities(
    channel="telegram",
    label="Telegram",
    stream=False,
    edit=True,
    typing=True,
    rings=True,
    receipts=False,
    threads=False,
    # "Bots can't initiate conversations": only after the person has pressed /start.
    start=False,
    link="https://t.me/{username}",
    code_link="https://t.me/{username}?start={code}",
    text=TEXT,
    # Nothing comes back that would settle an ambiguous send.
    echo_wait=0.0,
    # One message a second in a chat, edits among them, with some room.
    pace=1.1,
    buttons=8,
    # By address Telegram takes photos, and of documents PDF and ZIP alone; the rest goes as a link.
    files=MappingProxyType(
        {"image/jpeg": PHOTO, "image/png": PHOTO, "application/pdf": FILE, "application/zip": FILE, "audio/ogg": FILE}
    ),
    files_count=10,
    # "The status is set for 5 seconds or less."
    typing_lasts=5.0,
    # One message a second in a chat, thirty over all chats.
    rates=MappingProxyType({"post": (1, 1.0), "update": (30, 1.0), "status": (30, 1.0)}),
)

SECRETS = ("bot_token", "webhook_secret")
#: `polling`: `on` where it is asked for news, with no public address. `bot`, `username`: who it is; the test tells.
OPTIONS = ("bot", "username", "polling", "welcome")
