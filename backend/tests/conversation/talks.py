"""Strategies for bindings and rows: conversations on up to five channels, in every mix of modes."""

from typing import get_args

from hypothesis import strategies as st
from msgspec import UNSET

from throughline.conversation.channel import WEB, Capabilities
from throughline.conversation.events import Author, AuthorKind, ChannelName, Message
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.records import Binding, Mode

T, C = TenantId("t"), ConversationId("c")
CHANNELS: tuple[ChannelName, ...] = ("web", "slack", "telegram", "whatsapp", "gmail")
MODES: tuple[Mode, ...] = get_args(Mode)


def capabilities_of(channel: ChannelName) -> Capabilities:
    """Slack streams, Telegram edits, the others can do neither."""
    if channel == "web":
        return WEB
    return Capabilities(channel, channel.title(), stream=channel == "slack", edit=channel == "telegram")


def binding(channel: ChannelName, mode: Mode) -> Binding:
    """A binding that is called after its channel."""
    return Binding(BindingId(f"b-{channel}"), T, C, IdentityId(f"i-{channel}"), channel, mode)


def message(kind: AuthorKind, channel: ChannelName = "web", name: str = "m", only: str = "") -> Message:
    """A message that was written on `channel`, for one binding alone where `only` names it."""
    alone = BindingId(only) if only else UNSET
    return Message(id=MessageId(name), author=Author(kind, "x"), channel=channel, text="hi", only=alone)


@st.composite
def bound(draw: st.DrawFn, least: int = 1) -> tuple[Binding, ...]:
    """The bindings of a conversation: one active, the others in any other mode."""
    channels = draw(st.lists(st.sampled_from(CHANNELS), min_size=least, max_size=5, unique=True))
    active = draw(st.sampled_from(channels))
    others = st.sampled_from([m for m in MODES if m != "active"])
    return tuple(binding(c, "active" if c == active else draw(others)) for c in channels)
