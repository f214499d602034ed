"""The switches of mail: what every stand-in can do wrong, and what only mail does."""

from msgspec.structs import asdict

from sandbox.switches import ANY, Board, Switches


class Weather(Switches, frozen=True, forbid_unknown_fields=True):
    """One set. Methods are the API's (`messages.send`), `token`, `push`, and `mail` for what people write."""

    #: Mail: it claims to come from the person and does not; Gmail says dmarc=fail.
    spoofed: bool = False
    #: Mail: each of ours is answered by an out-of-office reply.
    away: bool = False
    #: Mail: each of ours comes back as undeliverable.
    bounce: bool = False
    #: Mail: what people write comes through a mailing list.
    lists: bool = False
    #: Mail: what people write is taken for spam.
    spam: bool = False
    #: Mail: a reply comes without References and In-Reply-To.
    no_references: bool = False
    #: Pushes get lost.
    no_push: bool = False

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return self == Weather(app=self.app, method=self.method, times=self.times)


def look(board: Board, mailbox: str, method: str) -> Weather:
    """The set that fits; nothing is used up."""
    return _weather(board.look(mailbox, method))


def use(board: Board, mailbox: str, method: str) -> Weather:
    """The set that fits one request, which uses it up by one."""
    return _weather(board.use(mailbox, method))


def _weather(found: Switches) -> Weather:
    return found if isinstance(found, Weather) else Weather(**asdict(found))


__all__ = ["ANY", "Weather", "look", "use"]
