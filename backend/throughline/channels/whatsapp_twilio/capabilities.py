"""What WhatsApp can do by way of Twilio, and what an account of it needs: data.

Sources: twilio.com/docs/whatsapp (key concepts, media, typing indicators), /docs/messaging/api/message-resource.
"""

from throughline.conversation.channel import Capabilities

#: Characters of `Body`.
TEXT = 1_600
#: Bytes of one media file.
FILE = 16_777_216
#: Seconds for which Twilio may keep a message back: what could not be sent by then fails over, and must not come late.
VALIDITY = 120

WHATSAPP_TWILIO = Capabilities(
    channel="whatsapp",
    label="WhatsApp",
    typing=True,
    rings=True,
    receipts=True,
    # A first message needs a template; see `window`.
    start=False,
    text=TEXT,
    # The callback to our own address carries our mark.
    echo_wait=60.0,
    window=86_400.0,
    link="https://wa.me/{number}",
    code_link="https://wa.me/{number}?text=link%20{code}",
    files={
        "image/jpeg": FILE, "image/png": FILE, "audio/ogg": FILE, "audio/mpeg": FILE, "audio/amr": FILE,
        "audio/3gpp": FILE, "audio/aac": FILE, "video/mp4": FILE, "application/pdf": FILE,
    },
    files_count=10,
    # It goes by itself after 25 s, or when the answer comes.
    typing_lasts=25.0,
    # WhatsApp's own limit behind Twilio: one message in 6 s to one person, with a burst that we leave alone.
    rates={"post": (10, 60.0), "status": (60, 60.0)},
)  # fmt: skip

SECRETS = ("auth_token", "shared_key")
#: `numbers`: ours, E.164, with commas. `signature`: `sha1` (default) or `sha256`. `content_template`: a ContentSid.
OPTIONS = (
    "account_sid", "numbers", "signature", "shared_key_id", "answers", "allow", "welcome", "content_template",
)  # fmt: skip
