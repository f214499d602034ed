"""The environment, read once and typed. Only `app.py` and the command line read it; everyone else is given values."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from dotenv import dotenv_values
from msgspec import Struct, field

_OWN = "THROUGHLINE_"


class SettingsError(Exception):
    """The environment cannot be used; the text says which name, why, and what to write instead."""


class Settings(Struct, frozen=True, rename="upper"):
    """What can be set from outside. Names are the environment's, in upper case."""

    #: Folder of the embedded store, the sandbox's memory and generated secrets.
    throughline_data: Path = Path("data")
    throughline_host: str = "127.0.0.1"
    port: int = 8000
    #: Demo users, demo data and the sandbox; refused on an address that others can reach.
    throughline_demo: bool = False
    #: Signs access tokens: 32 random bytes or more. `up` writes one into .env.
    throughline_secret: str = ""
    #: Exact origins that a browser may come from, beside our own address; separated by commas.
    throughline_origins: str = ""
    #: Where the world reaches us (`https://talk.example.org`): what webhooks are told. Empty: our own address.
    throughline_public_url: str = ""
    #: Bearer token that lets a scraper read /metrics from another machine.
    throughline_scrape_token: str = ""
    #: `json` for machines, `console` for people.
    throughline_log: str = "console"
    #: `off`: messages are kept and delivered, no agent answers.
    throughline_agent: str = "on"
    #: For tests: `point:n` ends the process at the n-th pass of a named crash point.
    throughline_crash_at: str = ""
    #: For tests: `asgi` sends frames the plain way even where the fast path could.
    throughline_frame_path: str = "fast"
    database_url: str = ""
    redis_url: str = ""
    openai_api_key: str = field(default="")
    openai_base_url: str = ""
    openai_model: str = "gpt-4o"
    #: `off`: the model reads text only, and is not shown the pictures that people send.
    openai_vision: str = "on"
    #: The model behind `/audio/transcriptions` that writes voice notes down. Empty: nobody does.
    openai_transcription_model: str = "whisper-1"
    #: A Slack app's bot token (`xoxb-…`): at start it makes or updates a real Slack account of the first organisation.
    slack_bot_token: str = ""
    #: The same app's signing secret: what its webhooks are verified with.
    slack_signing_secret: str = ""
    #: The same app's app-level token (`xapp-…`): Slack is heard over Socket Mode, without a public address.
    slack_app_token: str = ""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach us."""
        return self.throughline_host in {"127.0.0.1", "::1", "localhost"}

    @property
    def origins(self) -> tuple[str, ...]:
        """The extra origins, split."""
        return tuple(o.strip() for o in self.throughline_origins.split(",") if o.strip())

    @property
    def public_url(self) -> str:
        """Where the world reaches us, without a slash at the end."""
        host = f"[{self.throughline_host}]" if ":" in self.throughline_host else self.throughline_host
        return self.throughline_public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def public_origin(self) -> str:
        """The public URL without its path: what a browser that came that way calls its origin."""
        return "/".join(self.public_url.split("/", 3)[:3])


SECRETS = frozenset(
    {
        "throughline_secret", "throughline_scrape_token", "openai_api_key", "database_url", "redis_url",
        "slack_bot_token", "slack_signing_secret", "slack_app_token",
    }
)  # fmt: skip
_PUBLIC = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?\Z")


def load(environ: Mapping[str, str], dotenv: Path | None = None) -> Settings:
    """Read settings from `environ` over `.env`. Raises SettingsError with a suggestion for a name nobody knows."""
    known = {f.encode_name for f in msgspec.structs.fields(Settings)}
    given = {k: v for k, v in (dotenv_values(dotenv) if dotenv else {}).items() if v is not None}
    given |= {k: v for k, v in environ.items() if k in known or k.startswith(_OWN)}
    for name in given:
        if name.startswith(_OWN) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(f"{name} is not a setting." + (f" Did you mean {near[0]}?" if near else ""))
    try:
        chosen = {k: v for k, v in given.items() if k in known and v != ""}
        read = msgspec.convert(chosen, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"A setting cannot be read: {error}") from error
    if not 0 < read.port < 65_536:
        raise SettingsError("A setting cannot be read: PORT is a number from 1 to 65535")
    if read.throughline_public_url and not is_address(read.throughline_public_url):
        raise SettingsError(
            "A setting cannot be read: THROUGHLINE_PUBLIC_URL is an address like https://talk.example.org"
        )
    return read


def is_address(given: str) -> bool:
    """Whether it is an http address that others could be told: a host, perhaps a port and a path, nothing else."""
    return _PUBLIC.match(given) is not None


def _path(kind: type, value: str) -> Path:
    if kind is not Path:
        raise NotImplementedError(f"no setting is a {kind.__name__}")
    return Path(value)


def shown(settings: Settings) -> dict[str, str]:
    """Effective values, for `throughline config`: secrets masked."""
    values = {f.name: getattr(settings, f.name) for f in msgspec.structs.fields(Settings)}
    return {name.upper(): "set" if name in SECRETS and value else str(value) for name, value in values.items()}
