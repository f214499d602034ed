"""Who plays: our ends at five stand-ins with fixed secrets, and any number of people who are known at each of them."""

from collections.abc import Iterable, Mapping

from rig import ends

META, SMS, BOT, SID = "106540352242922", "+447700900101", "7000000001", "AC" + "a" * 32
MAILBOX, TEAM, APP = "chaos@example.com", "T0CHAOS", "A0CHAOS"
SLUG, PASSWORD = "chaos", "a password for chaos"
Json = Mapping[str, object]


class End(ends.End, frozen=True):
    """Our end of a channel. `app`: of ours at the stand-in, what a switch names."""

    app: str
    #: The request that says something, as its first bytes have it.
    sends: tuple[bytes, ...]

    def there(self, n: int) -> str:
        """The nth person's id at the stand-in."""
        return self.of(n).rpartition("/")[2]


ENDS: Mapping[str, End] = {
    "slack": End(
        "chaos-slack", "slack", "slack", {"team": TEAM, "app": APP, "bot_user": "U0CHAOSBOT", "bot_id": "B0CHAOS"},
        {"bot_token": "xoxb-chaos-0", "signing_secret": "b" * 32, "app_token": "xapp-chaos-0"}, f"{TEAM}/U{{:06d}}",
        APP, (b"POST /slack/api/chat.postMessage", b"POST /slack/api/chat.startStream"),
    ),
    "telegram": End(
        "chaos-telegram", "telegram", "telegram", {"bot": BOT, "username": "chaos_bot", "welcome": "off"},
        {"bot_token": f"{BOT}:" + "e" * 35, "webhook_secret": "f" * 32}, "55{:05d}", BOT, (b"POST /telegram/api/bot",),
    ),
    "whatsapp": End(
        "chaos-whatsapp", "whatsapp", "meta", {"numbers": META, "waba": "9" * 15, "welcome": "off"},
        {"access_token": "EAAchaos", "app_secret": "c" * 32, "verify_token": "chaos-verify-token"},
        f"{META}/4477009{{:05d}}", META, (b"POST /meta/api/",),
    ),
    "sms": End(
        "chaos-sms", "sms", "twilio", {"account_sid": SID, "numbers": SMS, "welcome": "off"}, {"auth_token": "d" * 32},
        f"{SMS}/+4477007{{:05d}}", SMS, (b"POST /twilio/api/",),
    ),
    "gmail": End(
        "chaos-gmail", "gmail", "gmail",
        {"mailbox": MAILBOX, "name": "Chaos", "client_id": "chaos.apps.googleusercontent.com",
         "push_account": "push@chaos.iam.gserviceaccount.com"},
        {"client_secret": "GOCSPX-chaos", "refresh_token": "1//chaos"}, "person{:05d}@example.com", MAILBOX,
        (b"POST /gmail/api/gmail/v1/users/me/drafts/send", b"POST /gmail/api/gmail/v1/users/me/drafts"),
    ),
}  # fmt: skip


def told(us: str, people: int) -> Iterable[tuple[str, Json]]:
    """What the stand-ins are told: a path below theirs, and what is put there. `us`: where the gateway serves."""
    slack, telegram, meta, sms, gmail = (ENDS[name] for name in ("slack", "telegram", "whatsapp", "sms", "gmail"))
    yield f"slack/_ctl/apps/{APP}", {
        "name": "Chaos", "team": {"id": TEAM, "name": "Chaos"}, "bot_user": slack.options["bot_user"],
        "bot_id": slack.options["bot_id"], "request_url": us + slack.webhook, **slack.secrets,
    }  # fmt: skip
    yield f"telegram/_ctl/ends/{BOT}", {
        "label": "Chaos", "username": "chaos_bot", "token": telegram.secrets["bot_token"],
        "webhook_url": us + telegram.webhook, "secret_token": telegram.secrets["webhook_secret"],
    }  # fmt: skip
    yield f"meta/_ctl/ends/{META}", {
        "label": "Chaos", "display_phone_number": "+44 7700 900100", "waba_id": "9" * 15,
        "webhook_url": us + meta.webhook, **meta.secrets,
    }  # fmt: skip
    yield f"twilio/_ctl/ends/{SMS}", {
        "label": "Chaos", "channel": "sms", "account_sid": SID, "auth_token": sms.secrets["auth_token"],
        "webhook_url": us + sms.webhook,
    }  # fmt: skip
    yield f"gmail/_ctl/ends/{MAILBOX}", {
        "label": "Chaos", "client_id": gmail.options["client_id"], "push_url": us + gmail.webhook,
        "push_audience": us + gmail.webhook, "push_account": gmail.options["push_account"], **gmail.secrets,
    }  # fmt: skip
    yield "slack/_ctl/tiers", {"scale": 0}
    yield "telegram/_ctl/limits", {"scale": 0}
    yield "gmail/_ctl/quota", {"scale": 0}
    for provider in ("meta", "twilio"):
        yield f"{provider}/_ctl/rules", {"limits": False}
    for n in range(people):
        name = f"Person {n}"
        yield f"slack/_ctl/people/{slack.there(n)}", {"name": name, "team": TEAM}
        chat = {"name": name, "ends": [int(BOT)], "started": [int(BOT)]}
        yield f"telegram/_ctl/people/{telegram.there(n)}", chat
        yield f"meta/_ctl/people/{meta.there(n)}", {"name": name, "ends": [META]}
        yield f"meta/_ctl/people/{meta.there(n)}/heard", {"end": META}
        yield f"twilio/_ctl/people/{sms.there(n)}", {"name": name, "ends": [SMS]}
        yield f"gmail/_ctl/people/{gmail.there(n)}", {"name": name}
