"""Slack's own shapes, as far as we read them. Everything in them is a stranger's until it was checked.

Events reuse field names with other types (`user` is an id here and an object there), so an event is first read for
its type alone and then as what it is. Sources: Slack's event reference; the recorded payloads of java-slack-sdk.
"""

from msgspec import UNSET, Raw, Struct, UnsetType


class Authorization(Struct, frozen=True):
    """For which installation an event came: the only field that names the workspace rightly in shared channels."""

    team_id: str | None = None
    user_id: str | None = None
    is_bot: bool = False


class Outer(Struct, frozen=True):
    """What every JSON request is."""

    type: str = ""
    challenge: str = ""
    team_id: str | None = None
    api_app_id: str | None = None
    event_id: str = ""
    event: Raw | UnsetType = UNSET
    authorizations: list[Authorization] | None = None


class Typed(Struct, frozen=True):
    """An event's type, whatever else is in it."""

    type: str = ""


class Profile(Struct, frozen=True):
    """How a person is called, where Slack sends it along."""

    display_name: str | None = None
    real_name: str | None = None


class File(Struct, frozen=True):
    """A file's name; what it holds is not fetched."""

    name: str | None = None


class Mark(Struct, frozen=True):
    """What `event_payload` of our metadata holds."""

    conversation: str = ""
    message: str = ""
    piece: int = 0
    #: The ts of the thread it was posted into; none: it opened one. `message_metadata_posted` itself does not say.
    thread: str = ""


class Metadata(Struct, frozen=True):
    """A message's metadata, of any app."""

    event_type: str = ""
    event_payload: Raw | UnsetType = UNSET


class MessageEvent(Struct, frozen=True):
    """`message` and `app_mention`."""

    type: str
    channel: str
    ts: str
    user: str | None = None
    bot_id: str | None = None
    text: str | None = None
    subtype: str | None = None
    thread_ts: str | None = None
    channel_type: str | None = None
    hidden: bool = False
    user_profile: Profile | None = None
    files: list[File] | None = None
    metadata: Metadata | None = None


class MetadataEvent(Struct, frozen=True):
    """`message_metadata_posted`: somebody's metadata, perhaps ours."""

    type: str
    channel_id: str
    message_ts: str
    metadata: Metadata
    app_id: str | None = None
    bot_id: str | None = None
    user_id: str | None = None
    thread_ts: str | None = None


class StoppedEvent(Struct, frozen=True):
    """`agent_session_stopped`: the person pressed Slack's own stop button."""

    type: str
    channel: str
    thread_ts: str


class Tokens(Struct, frozen=True):
    """Whose tokens were revoked: users' (`oauth`) and bots'."""

    oauth: list[str] | None = None
    bot: list[str] | None = None


class RevokedEvent(Struct, frozen=True):
    """`tokens_revoked`."""

    type: str
    tokens: Tokens = Tokens()


class Named(Struct, frozen=True):
    """Somebody or something with an id."""

    id: str = ""


class Container(Struct, frozen=True):
    """Where a button stood."""

    channel_id: str = ""
    message_ts: str = ""
    thread_ts: str | None = None


class Action(Struct, frozen=True):
    """Which button was pressed, and when."""

    action_id: str = ""
    action_ts: str = ""


class Interaction(Struct, frozen=True):
    """A click, as `payload=` of a form or as a socket's payload."""

    type: str = ""
    user: Named = Named()
    team: Named | None = None
    container: Container = Container()
    actions: list[Action] = []
