"""One transaction as nouns, over whatever link an engine gives."""

from throughline.conversation.events import Entry
from throughline.store.accounts import SqlAccounts
from throughline.store.bindings import SqlBindings
from throughline.store.files import SqlFiles
from throughline.store.inbox import SqlInbox
from throughline.store.links import SqlLinks
from throughline.store.log import SqlLog
from throughline.store.messages import SqlMessages
from throughline.store.outbox import SqlOutbox
from throughline.store.people import SqlPeople
from throughline.store.repeats import SqlRepeats
from throughline.store.sql import Link
from throughline.store.turns import SqlTurns
from throughline.store.users import SqlUsers


class SqlTx:
    """ports.Tx. One lives as long as its connection; between two transactions `empty` empties it."""

    def __init__(self, link: Link) -> None:
        self.log = SqlLog(link)
        self.messages = SqlMessages(link)
        self.turns = SqlTurns(link)
        self.bindings = SqlBindings(link)
        self.outbox = SqlOutbox(link)
        self.inbox = SqlInbox(link)
        self.accounts = SqlAccounts(link)
        self.people = SqlPeople(link)
        self.users = SqlUsers(link)
        self.repeats = SqlRepeats(link)
        self.files = SqlFiles(link)
        self.links = SqlLinks(link)

    def empty(self) -> list[Entry]:
        """What was appended since the last call, in order."""
        fresh, self.log.fresh = self.log.fresh, []
        return fresh
