"""What shall go wrong: per app, and per method of it. Each switch set says all that differs from a good day."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import asdict, replace

#: For any app, or any method.
ANY = "*"
MAX_SETS = 200


class Switches(Struct, frozen=True, forbid_unknown_fields=True):
    """One set. The most special one that fits is asked alone: app and method, app, method, then the general one."""

    app: str = ANY
    method: str = ANY
    #: Answered with this error and without effect: a code, HTTP 200.
    fail: str = ""
    #: Answered with this HTTP status and a page of HTML, without effect.
    http: int = 0
    #: It takes effect at once, the answer comes after so many seconds.
    hang_s: float = 0.0
    #: It takes effect, and is answered, so much later. Events leave so much later, too.
    delay_ms: float = 0.0
    #: HTTP 429 with this many seconds to wait, without effect.
    rate_limit: int = 0
    #: It takes effect; the connection closes without an answer.
    lose_answer: bool = False
    #: The connection closes; nothing has happened.
    drop_request: bool = False
    #: A page of HTML with status 200, without effect.
    html: bool = False
    #: It takes effect; the answer breaks off in its middle.
    cut: bool = False
    #: It takes effect; the answer is padded to so many megabytes.
    huge_mb: int = 0
    #: It takes effect; the answer comes in pieces over so many seconds.
    drip_s: float = 0.0
    #: Events: each is sent twice at once.
    duplicate: bool = False
    #: Events: so many are held, then sent newest first. Fewer go after a second.
    reorder: int = 0
    #: Events: an app does not hear of what it did itself.
    no_echo: bool = False
    #: Used up after so many requests; 0: stays.
    times: int = 0

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return self == Switches(app=self.app, method=self.method, times=self.times)


class Board:
    """All switches that are set."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, str], Switches] = {}
        #: Called when what is set has changed.
        self.changed: Callable[[], None] = lambda: None

    def put(self, given: Switches) -> None:
        """Set them for this app and method; a set that changes nothing is taken away."""
        self._sets.pop((given.app, given.method), None)
        if not given.idle and len(self._sets) < MAX_SETS:
            self._sets[given.app, given.method] = given
        self.changed()

    def clear(self) -> None:
        """A good day."""
        self._sets.clear()
        self.changed()

    def shown(self) -> list[dict[str, object]]:
        """Every set, as the pane has it."""
        return [asdict(found) for found in self._sets.values()]

    def look(self, app: str, method: str = ANY) -> Switches:
        """The set that fits; nothing is used up."""
        for key in ((app, method), (app, ANY), (ANY, method), (ANY, ANY)):
            if key in self._sets:
                return self._sets[key]
        return Switches()

    def use(self, app: str, method: str) -> Switches:
        """The set that fits one request, which uses it up by one."""
        found = self.look(app, method)
        if not found.times:
            return found
        if found.times == 1:
            del self._sets[found.app, found.method]
        else:
            self._sets[found.app, found.method] = replace(found, times=found.times - 1)
        self.changed()
        return found
