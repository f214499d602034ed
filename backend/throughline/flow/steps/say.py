"""Say: what a person or a member writes on the web, kept with everything that follows from it."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.bindings import Table
from throughline.conversation.commands import Continue, parse
from throughline.conversation.events import Author, ConversationReopened, Message
from throughline.conversation.faults import FILE_TAKEN, ID_REUSED, UNKNOWN_CONVERSATION, UNKNOWN_FILE, Fault, slow_down
from throughline.conversation.files import File
from throughline.conversation.ids import BindingId, ConversationId, FileId, MessageId, PersonId, TenantId, TurnId
from throughline.conversation.policy import Policy, wait_for
from throughline.conversation.records import Acked, Binding, Caller, Conversation, Logged, Turn
from throughline.flow.steps.obey import SPARE, obey
from throughline.flow.steps.owe import attach, owe
from throughline.flow.steps.switch import follow
from throughline.markup.graphemes import cut
from throughline.ports import Tx

MINUTE, DAY = 60_000, 86_400_000
_TITLE = 60
#: Ids that one message may need besides its own: a turn's, its answer's, the web binding's, those of a command.
NAMES = 3 + SPARE


class Words(Struct, frozen=True):
    """What somebody says, checked but for what the log knows. `names` are NAMES fresh ids."""

    caller: Caller
    where: ConversationId
    id: MessageId
    text: str
    digest: bytes
    names: tuple[str, ...]
    policy: Policy
    now: int
    #: Somebody answers.
    answered: bool
    #: Uploaded before, in order.
    files: tuple[FileId, ...] = ()


class Kept(Struct, frozen=True):
    """What became of it: where it stands, whether a turn is due now, whether it had been kept before.

    `leaves`: there is something for a courier. `stops`: the turn that the message asked to end.
    """

    acked: Acked
    due: bool = False
    again: bool = False
    leaves: bool = False
    stops: TurnId | None = None
    #: A conversation that began.
    begun: Conversation | None = None


def say(tx: Tx, words: Words, capabilities_of: Table) -> Kept | Fault:
    """Keep it once: follow the person, append, plan what mirrors get, then obey it or make a turn due."""
    caller, where, now = words.caller, words.where, words.now
    row = tx.log.conversation(caller.tenant, where)
    if row is None or not may_see(caller, row):
        return UNKNOWN_CONVERSATION
    before = tx.messages.logged(caller.tenant, where, words.id)
    if before is not None:
        same = before.digest == words.digest
        return Kept(Acked(words.id, where, before.seq), again=True) if same else ID_REUSED
    wait = too_soon(tx, caller.tenant, caller.person, words.policy, now)
    if wait is not None:
        return slow_down(wait)
    files = _files(tx, words)
    if isinstance(files, Fault):
        return files
    if row.status == "ended":
        tx.log.append(caller.tenant, where, now, ConversationReopened())
    if caller.person is None:
        acked, leaves = _append(
            tx, words, files, Author("member", caller.name), _attached(tx, row, words, capabilities_of), None,
            capabilities_of,
        )  # fmt: skip
        return Kept(acked, leaves=leaves)
    return _of_person(tx, row, words, files, capabilities_of)


def _files(tx: Tx, words: Words) -> list[File] | Fault:
    """What is attached: uploaded into this conversation by whoever speaks, and no part of another message."""
    found = [tx.files.file(words.caller.tenant, name) for name in words.files]
    files = [file for file in found if file is not None and file.conversation == words.where]
    if len(files) < len(words.files) or any(f.owner != words.caller.user or f.state != "ready" for f in files):
        return UNKNOWN_FILE
    return FILE_TAKEN if any(f.message is not None for f in files) else files


def _of_person(tx: Tx, row: Conversation, words: Words, files: Sequence[File], capabilities_of: Table) -> Kept:
    caller, now = words.caller, words.now
    author, command = Author("person", caller.name), parse(words.text)
    turn, reply, _, *spare = words.names
    bindings = _attached(tx, row, words, capabilities_of)
    here = _on_web(bindings)
    followed = None
    if here is not None and not isinstance(command, Continue):
        # Who asks to go on elsewhere is on the way out: following them here first would only be noise in the log.
        followed = follow(tx, row, bindings, here.id, author, now, capabilities_of)
    if followed is not None:
        bindings = tx.bindings.bindings(row.tenant, row.id)
    acked, leaves = _append(tx, words, files, author, bindings, None if here is None else here.id, capabilities_of)
    leaves = leaves or (followed is not None and followed.leaves)
    if command is not None and here is not None:
        done = obey(tx, row, command, here, author, spare, now, capabilities_of)
        return Kept(acked, leaves=leaves or done.leaves, stops=done.stops, begun=done.begun)
    if not row.title:
        tx.messages.titled(row.tenant, row.id, title(words.text or files[0].name))
    due = words.answered and tx.turns.due(due_turn(TurnId(turn), MessageId(reply), row, now))
    return Kept(acked, due=due, leaves=leaves)


def _append(
    tx: Tx, words: Words, files: Sequence[File], author: Author, bindings: Sequence[Binding],
    written_on: BindingId | None, capabilities_of: Table,
) -> tuple[Acked, bool]:  # fmt: skip
    caller, where, now = words.caller, words.where, words.now
    body = Message(words.id, author, "web", words.text, parts=tuple(file.part for file in files))
    for file in files:
        tx.files.change(replace(file, message=words.id))
    entry = tx.log.append(caller.tenant, where, now, body)
    counted = caller.person if words.policy.counts else None
    tx.messages.keep(caller.tenant, where, words.id, Logged(entry.seq, words.digest), now, counted)
    leaves = owe(tx, caller.tenant, where, body, entry.seq, now, bindings, capabilities_of, written_on=written_on)
    return Acked(words.id, where, entry.seq), leaves


def _attached(tx: Tx, row: Conversation, words: Words, capabilities_of: Table) -> list[Binding]:
    """The bindings. A talk that began elsewhere gets its web binding when somebody first writes into it by the web."""
    bindings = tx.bindings.bindings(row.tenant, row.id)
    return bindings if _on_web(bindings) else attach(tx, row, words.names[2:3], capabilities_of)


def _on_web(bindings: Sequence[Binding]) -> Binding | None:
    return next((b for b in bindings if b.channel == "web"), None)


def may_see(caller: Caller, row: Conversation) -> bool:
    """Persons have their own conversations, members all of their tenant's."""
    return row.tenant == caller.tenant and (caller.person is None or row.person == caller.person)


def title(text: str) -> str:
    """A conversation's name: the first words of its first message, on one line."""
    line = " ".join(text.split())
    if len(line) <= _TITLE:
        return line
    words = line[:_TITLE].rsplit(" ", 1)[0]
    return (words if len(words) > _TITLE // 2 else cut(line, _TITLE)).rstrip(" ,;:.") + "…"


def due_turn(turn: TurnId, message: MessageId, row: Conversation, now: int) -> Turn:
    """A turn that nobody has claimed yet; `message` will be its answer's id."""
    return Turn(
        id=turn, tenant=row.tenant, conversation=row.id, message=message, status="due", agent=row.agent, attempt=0,
        fence=0, owner=None, until=0, pos=0, checkpoint="", stop_asked=False, due_at=now,
    )  # fmt: skip


def too_soon(tx: Tx, tenant: TenantId, person: PersonId | None, policy: Policy, now: int) -> float | None:
    """Seconds that this person has to wait, counted in the log itself: exact, and it survives a restart."""
    if person is None:
        return None
    for limit, window in ((policy.messages_per_minute, MINUTE), (policy.messages_per_day, DAY)):
        if limit:
            recent = tx.messages.times(tenant, person, now - window, limit)
            wait = wait_for(recent, limit, window, now)
            if wait is not None:
                return wait
    return None
