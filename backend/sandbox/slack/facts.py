"""What a workspace is made of, and every change it can see. All of it is values; times are seconds since 1970."""

from typing import Any, Literal

from msgspec import Struct

#: What an app of ours is granted where nobody says otherwise.
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "groups:history",
    "im:history", "im:read", "im:write", "mpim:history", "users:read", "users:read.email",
)  # fmt: skip


class Team(Struct, frozen=True):
    """A workspace, as its apps call it."""

    id: str
    name: str


class App(Struct, frozen=True):
    """An app, installed in one workspace. Events go to its request URL, or to its sockets."""

    id: str
    team: Team
    bot_user: str
    bot_id: str
    bot_token: str
    signing_secret: str
    app_token: str = ""
    request_url: str = ""
    socket: bool = False
    scopes: tuple[str, ...] = SCOPES
    #: Sold outside the Marketplace: reads history once a minute, 15 messages at a time.
    distributed: bool = True
    revoked: bool = False
    inactive: bool = False
    name: str = "throughline"


class Person(Struct, frozen=True):
    """Somebody of a team."""

    id: str
    name: str
    team: str


class Channel(Struct, frozen=True):
    """A place to write: `im` between a person and one app's bot, else a `channel` with members."""

    id: str
    kind: Literal["im", "channel"]
    team: str
    name: str = ""
    #: Users, bots' users included.
    members: tuple[str, ...] = ()
    archived: bool = False

    @property
    def person(self) -> str:
        """Who the direct message is with."""
        return self.members[0] if self.members else ""


class Message(Struct, frozen=True):
    """A message as it stands. `text` is what was sent: mrkdwn, or Markdown where `markdown`."""

    channel: str
    ts: str
    user: str
    text: str
    #: The thread's root; None: it is no reply.
    thread_ts: str | None = None
    #: The app that posted it; None: a person did.
    app: str | None = None
    markdown: bool = False
    blocks: list[Any] | None = None
    metadata: dict[str, Any] | None = None
    #: The steps that a stream has told of, newest state by id.
    tasks: dict[str, dict[str, Any]] | None = None
    #: None: it never streamed. `errored` is the broken pill that a stream leaves when Slack ends it.
    streaming: Literal["in_progress", "completed", "errored"] | None = None
    #: When the stream began.
    began: float = 0.0
    stopped: bool = False
    edited: str | None = None
    deleted: bool = False
    client_msg_id: str | None = None


class Session(Struct, frozen=True):
    """What an app shows in a thread: its session's status, a line of text that fades, its prompts."""

    channel: str
    thread_ts: str
    app: str
    status: str = ""
    title: str = ""
    text: str = ""
    until: float = 0.0
    prompts: list[dict[str, str]] | None = None


class Delivery(Struct, frozen=True):
    """An event owed to an app. `attempt` counts from 0; `reason` is why the last attempt failed."""

    event_id: str
    app: str
    body: dict[str, Any]
    due: float
    attempt: int = 0
    reason: str = ""


class Asked(Struct, frozen=True):
    """A request as it was received, and what became of it: the ground truth. Tokens are left out."""

    number: int
    at: float
    app: str
    method: str
    body: Any
    #: Whether it took effect.
    done: bool
    #: The HTTP status of the answer; 0: there was none.
    status: int
    error: str = ""
    #: What the switches did to it.
    broken: str = ""
    ts: str = ""


class Told(Struct, frozen=True):
    """Something an app is to be told. `own`: it is about what the app did itself."""

    app: str
    event: dict[str, Any]
    own: bool = False


# ---------------------------------------------------------------- changes: what the journal holds


class AppKnown(Struct, frozen=True, tag="app"):
    """An app is there, or is there anew."""

    app: App


class PersonKnown(Struct, frozen=True, tag="person"):
    """A person is there, or has another name."""

    person: Person


class ChannelKnown(Struct, frozen=True, tag="channel"):
    """A channel is there, or has changed."""

    channel: Channel


class Posted(Struct, frozen=True, tag="message"):
    """A message stands like this from now on."""

    message: Message


class Added(Struct, frozen=True, tag="added"):
    """A stream got longer."""

    channel: str
    ts: str
    text: str
    tasks: dict[str, dict[str, Any]] | None = None


class SessionSet(Struct, frozen=True, tag="session"):
    """What an app shows in a thread."""

    session: Session


class Owed(Struct, frozen=True, tag="owed"):
    """An event is owed."""

    delivery: Delivery


class Tried(Struct, frozen=True, tag="tried"):
    """A delivery was tried. `due`: when it is tried again; None: it is over."""

    event_id: str
    attempt: int
    status: str
    due: float | None = None


class Received(Struct, frozen=True, tag="asked"):
    """A request came."""

    asked: Asked


class Moved(Struct, frozen=True, tag="clock"):
    """The stand-in's clock is this many seconds ahead of the wall's."""

    offset: float


class Counted(Struct, frozen=True, tag="counted"):
    """Where counting goes on: the last ts in microseconds, requests and events so far, and the epoch of event ids."""

    last: int
    asked: int
    events: int
    epoch: str


class Wiped(Struct, frozen=True, tag="wiped"):
    """Messages, sessions, owed events are gone; apps, people and channels stay. `epoch` makes new event ids."""

    epoch: str


Change = (
    AppKnown | PersonKnown | ChannelKnown | Posted | Added | SessionSet | Owed | Tried | Received | Moved | Counted
    | Wiped
)  # fmt: skip
