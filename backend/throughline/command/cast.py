"""Who plays in the demo: each simulated account of both organisations, its end at the stand-in, its customer there.

Names, numbers and addresses are ones that nobody has: Ofcom's numbers for drama, `.example` domains.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, IdentityId, PersonId, TenantId
from throughline.flow.lines import OpenLine

Json = Mapping[str, object]


class Told(Struct, frozen=True):
    """What a stand-in is told: a path, and what to put there."""

    path: str
    body: Json


class End(Struct, frozen=True):
    """A tenant's simulated account, and the tenant's customer at the other side of it."""

    slug: str
    #: Of the account, beside the tenant's: `slack`.
    key: str
    channel: ChannelName
    provider: str
    label: str
    options: Mapping[str, str]
    #: The customer's address there, and who they are.
    address: str
    person: str
    #: Secrets for a new account.
    fresh: Callable[[], Mapping[str, str]]
    #: What the stand-in is told of an open line; `url` is our webhook, as reached on this machine.
    tells: Callable[["End", OpenLine, str], Sequence[Told]]

    @property
    def tenant(self) -> TenantId:
        """Whose it is."""
        return TenantId(f"demo-tenant-{self.slug}")

    @property
    def account(self) -> AccountId:
        """Our end."""
        return AccountId(f"{self.slug}-{self.key}")

    @property
    def identity(self) -> IdentityId:
        """The customer's end."""
        return IdentityId(f"demo-{self.key}-{self.slug}")

    @property
    def whose(self) -> PersonId:
        """The customer."""
        return PersonId(f"demo-person-{self.slug}")

    @property
    def there(self) -> str:
        """The customer's id at the stand-in."""
        return self.address.rpartition("/")[2]


def slack(slug: str, place: str, team: str, bot: str, user: str, person: str) -> End:
    """Our app in a workspace of its own, and the customer as a member there."""
    options = {"team": f"T0{place}", "team_name": team, "app": f"A0{place}", "bot_user": bot, "bot_id": f"B0{place}"}
    return End(
        slug, "slack", "slack", "slack", "Slack (simulated)", options, f"T0{place}/{user}", person,
        lambda: {
            "bot_token": f"xoxb-{secrets.randbelow(10**11):011d}-{secrets.token_hex(12)}",
            "signing_secret": secrets.token_hex(16),
            "app_token": f"xapp-1-{options['app']}-{secrets.token_hex(16)}",
        },
        _tell_slack,
    )  # fmt: skip


def meta(slug: str, number: str, shown: str, wa_id: str, person: str) -> End:
    """WhatsApp by Meta: a phone number id of ours, and the customer's phone."""
    options = {"numbers": number, "number": shown, "waba": f"9{number[1:]}"}
    return End(
        slug, "whatsapp", "whatsapp", "meta", "WhatsApp (simulated)", options, f"{number}/{wa_id}", person,
        lambda: {
            "access_token": f"EAA{secrets.token_hex(24)}",
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(16),
        },
        lambda end, line, url: [_person(end, ends=[number]), *_tell_meta(end, line, url, shown)],
    )  # fmt: skip


def twilio(slug: str, channel: ChannelName, number: str, phone: str, person: str) -> End:
    """WhatsApp or SMS by Twilio: a number of ours, and the customer's phone."""
    sid = f"AC{(slug.encode().hex() * 16)[:32]}"
    label = "WhatsApp (simulated)" if channel == "whatsapp" else "SMS (simulated)"
    return End(
        slug, channel, channel, "twilio", label, {"account_sid": sid, "numbers": number}, f"{number}/{phone}", person,
        lambda: {"auth_token": secrets.token_hex(16)}, _tell_twilio,
    )  # fmt: skip


def telegram(slug: str, bot: str, username: str, chat: str, person: str) -> End:
    """Our bot, and a chat that the customer has begun."""
    return End(
        slug, "telegram", "telegram", "telegram", "Telegram (simulated)", {"bot": bot, "username": username}, chat,
        person,
        lambda: {
            "bot_token": f"{bot}:{secrets.token_urlsafe(26)[:35]}",
            "webhook_secret": secrets.token_urlsafe(24),
        },
        _tell_telegram,
    )  # fmt: skip


def gmail(slug: str, mailbox: str, name: str, address: str, person: str) -> End:
    """A mailbox of ours, and the customer's address."""
    options = {
        "mailbox": mailbox, "name": name, "client_id": f"{slug}.apps.googleusercontent.com",
        "push_account": "push@simulated.iam.gserviceaccount.com",
    }  # fmt: skip
    return End(
        slug, "gmail", "gmail", "gmail", "Gmail (simulated)", options, address, person,
        lambda: {"client_secret": f"GOCSPX-{secrets.token_urlsafe(21)}", "refresh_token": secrets.token_urlsafe(32)},
        _tell_gmail,
    )  # fmt: skip


def _person(end: End, **more: object) -> Told:
    return Told(f"{end.provider}/_ctl/people/{end.there}", {"name": end.person, **more})


def _wrote(end: End) -> Told:
    """They have written there before, so that what may be said within a day of that may be said."""
    return Told(f"{end.provider}/_ctl/people/{end.there}/heard", {"end": end.options["numbers"]})


def _tell_slack(end: End, line: OpenLine, url: str) -> list[Told]:
    told, team = line.account.options, {"id": line.account.options["team"], "name": line.account.options["team_name"]}
    app = {
        "name": "Throughline", "team": team, "bot_user": told["bot_user"], "bot_id": told["bot_id"],
        "request_url": url, "socket": told.get("socket") == "on", **line.secrets,
    }  # fmt: skip
    return [Told(f"slack/_ctl/apps/{told['app']}", app), _person(end, team=told["team"])]


def _tell_meta(end: End, line: OpenLine, url: str, shown: str) -> list[Told]:
    body = {
        "label": end.label, "display_phone_number": shown, "waba_id": end.options["waba"], "webhook_url": url,
        **line.secrets,
    }  # fmt: skip
    return [Told(f"meta/_ctl/ends/{end.options['numbers']}", body), _wrote(end)]


def _tell_twilio(end: End, line: OpenLine, url: str) -> list[Told]:
    # Twilio signs the address that it was given; it is reached at the one of this machine.
    signed = f"{line.public_url}{url[url.index('/api/') :]}"
    body = {
        "label": end.label, "channel": end.channel, "account_sid": end.options["account_sid"],
        "auth_token": line.secrets["auth_token"], "webhook_url": signed, "deliver_url": url,
    }  # fmt: skip
    number = end.options["numbers"]
    return [Told(f"twilio/_ctl/ends/{number}", body), _person(end, ends=[number]), _wrote(end)]


def _tell_telegram(end: End, line: OpenLine, url: str) -> list[Told]:
    body = {
        "label": end.label, "username": end.options["username"], "token": line.secrets["bot_token"],
        "webhook_url": url, "secret_token": line.secrets["webhook_secret"],
    }  # fmt: skip
    bot = int(end.options["bot"])
    return [Told(f"telegram/_ctl/ends/{bot}", body), _person(end, ends=[bot], started=[bot])]


def _tell_gmail(end: End, line: OpenLine, url: str) -> list[Told]:
    body = {
        "label": end.options["name"], "client_id": end.options["client_id"], "push_url": url,
        "push_audience": f"{line.public_url}{url[url.index('/api/') :]}", "push_account": end.options["push_account"],
        **line.secrets,
    }  # fmt: skip
    return [Told(f"gmail/_ctl/ends/{end.options['mailbox']}", body), _person(end)]


ENDS = (
    slack("demo", "HARBOUR", "Harbour Travel", "U0AGENT", "U0MAYA", "Maya Lindqvist"),
    meta("demo", "106540352242922", "+44 7700 900100", "447700900123", "Maya Lindqvist"),
    gmail("demo", "hello@harbour.example", "Harbour Travel", "maya@lindqvist.example", "Maya Lindqvist"),
    telegram("demo", "7000000001", "harbour_travel_bot", "550123", "Maya Lindqvist"),
    twilio("demo", "sms", "+447700900101", "+447700900123", "Maya Lindqvist"),
    slack("rival", "CABINS", "Northwind Cabins", "U0HOST", "U0KOFI", "Kofi Mensah"),
    twilio("rival", "whatsapp", "+447700900200", "+447700900456", "Kofi Mensah"),
)
