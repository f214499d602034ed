"""Who plays in the bench of all channels: our ends, by their ids at the providers, and their secrets.

Fixed, because they open nothing but the stand-ins of one run. Read by the server's interpreter too.
"""

from rig.ends import End

META, TWILIO, SMS, BOT = "106540352242922", "+447700900200", "+447700900101", "7000000001"
SID, MAILBOX, PUSHER = "AC" + "b" * 32, "bench@example.com", "push@bench.iam.gserviceaccount.com"
AUDIENCE = "https://bench.example.com/push"
#: The number of the first of those who write by WhatsApp and read along on Telegram.
FIRST = 40_000


ENDS = {
    "meta": End(
        "bench-meta", "whatsapp", "meta", {"numbers": META, "waba": "9" * 15, "welcome": "off"},
        {"access_token": "EAAbench", "app_secret": "c" * 32, "verify_token": "bench-verify-token"},
        f"{META}/4477009{{:05d}}",
    ),
    "twilio": End(
        "bench-twilio", "whatsapp", "twilio", {"account_sid": SID, "numbers": TWILIO, "welcome": "off"},
        {"auth_token": "d" * 32}, f"{TWILIO}/+4477008{{:05d}}",
    ),
    "sms": End(
        "bench-sms", "sms", "twilio", {"account_sid": SID, "numbers": SMS, "welcome": "off"},
        {"auth_token": "d" * 32}, f"{SMS}/+4477007{{:05d}}",
    ),
    "telegram": End(
        "bench-telegram", "telegram", "telegram",
        {"bot": BOT, "username": "bench_bot", "welcome": "off"},
        {"bot_token": f"{BOT}:" + "e" * 35, "webhook_secret": "f" * 32}, "55{:05d}",
    ),
    "gmail": End(
        "bench-gmail", "gmail", "gmail",
        {"mailbox": MAILBOX, "name": "Bench", "client_id": "bench.apps.googleusercontent.com", "push_account": PUSHER,
         "push_audience": AUDIENCE},
        {"client_secret": "GOCSPX-bench", "refresh_token": "1//bench"}, "customer{:05d}@example.com",
    ),
}  # fmt: skip
