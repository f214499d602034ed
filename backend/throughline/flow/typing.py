"""Typing: who waits on a channel that cannot show text while it is written sees that somebody is at it.

Best effort, beside everything else: no turn waits for it, and nothing is done about a sign that did not show.
"""

from collections.abc import Callable

from msgspec import Struct

from throughline.conversation.bindings import active_of
from throughline.conversation.channel import Capabilities, Piece, Place
from throughline.conversation.records import Account, Turn
from throughline.conversation.trust import plain
from throughline.conversation.window import barred
from throughline.flow.lines import Lines
from throughline.observe import spawn
from throughline.ports import Channels, Clock, Shows, Store, StoreDown, Tx

#: Seconds by which a sign is renewed before it goes, and between looks where there is nowhere to show one.
EARLY, LOOK = 5.0, 5.0


class _Sign(Struct, frozen=True):
    account: Account
    place: Place


class Typing:
    """The signs of this process, one for each running turn."""

    def __init__(self, store: Store, clock: Clock, channels: Channels, lines: Lines) -> None:
        self._store = store
        self._clock = clock
        self._channels = channels
        self._lines = lines

    def began(self, turn: Turn) -> Callable[[], None]:
        """A turn runs: show it where its talk is, until what this gives is called."""
        task = spawn(self._show(turn), f"typing {turn.id}")

        def over() -> None:
            task.cancel()

        return over

    async def _show(self, turn: Turn) -> None:
        while True:
            try:
                sign = await self._store.read(lambda tx: self._where(tx, turn))
                wait = LOOK if sign is None else await self._told(sign)
            except StoreDown:
                wait = LOOK
            await self._clock.sleep(wait)

    async def _told(self, sign: _Sign) -> float:
        """Show it once; seconds until it has to be shown again."""
        channel = self._channels.of(sign.account)
        line = await self._lines.line(sign.account.id)
        if channel is None or line is None or not isinstance(channel, Shows):
            return LOOK
        await channel.status(line, sign.place, "working")
        return renewed(channel.capabilities)

    def _where(self, tx: Tx, turn: Turn) -> _Sign | None:
        active = active_of(tx.bindings.bindings(turn.tenant, turn.conversation))
        account = None if active is None or active.account is None else tx.accounts.account(active.account)
        channel = None if account is None else self._channels.of(account)
        if active is None or account is None or channel is None or not shows(channel.capabilities):
            return None
        identity = tx.people.identity(turn.tenant, active.identity)
        if identity is None or barred(channel.capabilities, identity, Piece(""), self._clock.now()) is not None:
            return None
        return _Sign(account, Place(plain(identity.address), active.thread, active.ref))


def shows(capabilities: Capabilities) -> bool:
    """Whether a sign says something there: where text shows while it is written, the text itself does."""
    return capabilities.typing and not capabilities.stream and not capabilities.edit and capabilities.typing_lasts > 0


def renewed(capabilities: Capabilities) -> float:
    """Seconds after which a sign is shown again, a little before it goes by itself."""
    return max(1.0, capabilities.typing_lasts - EARLY, capabilities.typing_lasts / 2)
