"""What Gmail can do, and what an account of it needs: data. Source: developers.google.com/gmail/api."""

from throughline.conversation.channel import Capabilities

#: Characters of one mail's text: far below what a mail may weigh, and more than anybody reads.
TEXT = 200_000
#: Bytes of what is attached to one mail, together: in base64 it is still below Gmail's 36,700,160 of an upload.
FILES = 25_000_000
#: Units of quota a minute and mailbox, for projects made since May 2026; what a mail of ours costs: its draft (10),
#: its release (100), its echo read again (20).
UNITS, A_MAIL = 6_000, 130

GMAIL = Capabilities(
    channel="gmail",
    label="Gmail",
    stream=False,
    edit=False,
    typing=False,
    receipts=False,
    threads=True,
    start=True,
    text=TEXT,
    # The history shows what was sent within seconds; it is asked for every few.
    echo_wait=60.0,
    link="mailto:{mailbox}",
    code_link="mailto:{mailbox}?subject=Link&body=link%20{code}",
    files=dict.fromkeys(("image/*", "audio/*", "video/*", "text/*", "application/*"), FILES),
    files_count=10,
    # Four fifths of the quota; the rest is for what comes in.
    rates={"prepare": (UNITS * 4 // 5 // A_MAIL, 60.0), "post": (20, 60.0)},
)

SECRETS = ("client_secret", "refresh_token")
#: `name`: who our mails are from. `topic`: of Cloud Pub/Sub, where Gmail shall tell that there is news; `push_account`
#: and `push_audience` are that push's. `poll_s`: seconds between two looks for news.
OPTIONS = ("client_id", "mailbox", "name", "topic", "push_account", "push_audience", "poll_s")

#: What the admin is asked for: reading, labels, sending. What is deleted for good is not in it.
SCOPE = "https://www.googleapis.com/auth/gmail.modify"
#: Each of these is enough as well.
WIDER = ("https://mail.google.com/",)
