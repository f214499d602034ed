"""What WhatsApp can do, and what an account of it needs: data.

Sources: facebook/openapi business-messaging-api v23.0 (lengths, buttons); developers.facebook.com, WhatsApp Business
Platform: Throughput (2026-05-21), Typing indicators (2026-06-17), Supported media types.
"""

from throughline.conversation.channel import Capabilities

#: Characters of a text, of the words over buttons, and of the words under a picture.
TEXT, ASKED, CAPTION = 4_096, 1_024, 1_024
#: Characters of a button's title and of its id.
TITLE, BUTTON_ID = 20, 256
#: Characters of `biz_opaque_callback_data`.
OPAQUE = 512
_MB = 1_048_576

WHATSAPP = Capabilities(
    channel="whatsapp",
    label="WhatsApp",
    typing=True,
    rings=True,
    receipts=True,
    # A business that begins needs a template that Meta has approved; else the person writes first.
    start=False,
    text=TEXT,
    # A status with our mark comes within seconds of a message that was taken; a minute is generous.
    echo_wait=60.0,
    window=86_400.0,
    link="https://wa.me/{number}",
    code_link="https://wa.me/{number}?text=link%20{code}",
    buttons=3,
    files={
        "image/jpeg": 5 * _MB,
        "image/png": 5 * _MB,
        "image/webp": 100 * 1_024,
        "audio/aac": 16 * _MB,
        "audio/amr": 16 * _MB,
        "audio/mpeg": 16 * _MB,
        "audio/mp4": 16 * _MB,
        "audio/ogg": 16 * _MB,
        "video/mp4": 16 * _MB,
        "video/3gpp": 16 * _MB,
        "*/*": 100 * _MB,
    },
    # Each is a message of its own, and costs what a message costs.
    files_count=5,
    typing_lasts=25.0,
    rates={
        # To one person: one message in six seconds for as long as it goes on, and up to 45 at once that are borrowed
        # from the minutes after (131056). Ten a minute is that pace, and lets an answer of several parts leave at once.
        "post": (10, 60.0),
        # Eighty messages a second and number, typing among them, coming and going: a part of that is enough for dots.
        "status": (20, 1.0),
    },
)

SECRETS = ("access_token", "app_secret", "verify_token")
#: `numbers`: ids of our phone numbers, the main one first. `number` (as people dial it) and `verified_name` are filled
#: in by the test, and so is `number_<id>` for each of several. `answers`: `final` or `sentences`. `template`: the name
#: of one that Meta has approved, for outside of the window.
OPTIONS = (
    "numbers", "waba", "number", "verified_name", "answers", "allow", "welcome", "template", "template_language",
)  # fmt: skip


def numbers(options: str) -> tuple[str, ...]:
    """The option `numbers` apart: `"1, 2"` are `("1", "2")`."""
    return tuple(number for part in options.split(",") if (number := part.strip()))
