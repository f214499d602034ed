"""What SMS can do, and what an account of it needs: data.

Sources: twilio.com/docs/messaging/api/message-resource, /docs/messaging/guides/accepted-mime-types.
"""

from throughline.conversation.channel import Capabilities

#: Characters of `Body`; how many segments that is, is for segments.py.
TEXT = 1_600
#: Bytes of all media of one message (MMS, United States and Canada).
FILE = 5_000_000

SMS = Capabilities(
    channel="sms",
    label="SMS",
    rings=True,
    receipts=True,
    start=True,
    text=TEXT,
    echo_wait=60.0,
    window=0.0,
    link="sms:+{number}",
    code_link="sms:+{number}?&body=!link%20{code}",
    # What phones show without being asked to.
    files={"image/jpeg": FILE, "image/png": FILE, "image/gif": FILE},
    files_count=10,
    # STOP, HELP and START belong to the carrier.
    marked_commands=True,
    # A long code of the United States: one segment a second.
    rates={"post": (1, 1.0)},
)

SECRETS = ("auth_token", "shared_key")
#: `numbers`: ours, E.164, with commas. `messaging_service`: whose pool sends. `signature`: `sha1` (default), `sha256`.
OPTIONS = ("account_sid", "numbers", "messaging_service", "signature", "shared_key_id", "allow", "welcome")
