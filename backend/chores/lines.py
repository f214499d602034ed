"""How a chore speaks: one line a step, a tick, what there is now, and how long it took.

On a terminal a bar moves while a step works; in a pipe there are only the finished lines.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LABEL, _DETAIL, _BAR = 14, 27, 24


@dataclass
class Outcome:
    """What a step has to say when it is done; `fresh` is False where there was nothing to do."""

    detail: str = ""
    fresh: bool = True


@dataclass
class Lines:
    """The lines of one chore. `total` is how many steps the bar counts."""

    total: int
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def moving(self) -> bool:
        """Whether somebody is watching a terminal."""
        return sys.stdout.isatty()

    def title(self, text: str) -> None:
        """The first line."""
        print(text, flush=True)

    def fact(self, text: str) -> None:
        """A line that took no time."""
        self._print(f" ✓ {text}")

    @contextmanager
    def step(self, label: str) -> Iterator[Outcome]:
        """A step: the bar moves inside, the finished line stands after. A step that raises leaves a cross."""
        begun, outcome, over = time.monotonic(), Outcome(), threading.Event()
        mover = threading.Thread(target=self._move, args=(label, begun, over), daemon=True)
        if self.moving:
            mover.start()
        mark = "✗"
        try:
            yield outcome
            mark = "✓"
        finally:
            over.set()
            if self.moving:
                mover.join()
            self.done += 1
            took = f"{time.monotonic() - begun:.1f} s" if outcome.fresh or mark == "✗" else ""
            self._print(f" {mark} {label:<{_LABEL}}{outcome.detail:<{_DETAIL}} {took:>6}".rstrip())

    def _move(self, label: str, begun: float, over: threading.Event) -> None:
        while not over.wait(0.1):
            full = _BAR * self.done // max(1, self.total)
            beat = "▓" if int((time.monotonic() - begun) * 2) % 2 else "▒"
            bar = ("█" * full + beat).ljust(_BAR, "░")[:_BAR]
            text = f"\r   {label:<{_LABEL}}{bar}  {time.monotonic() - begun:.0f} s"
            with self._lock:
                sys.stdout.write(f"\r\x1b[2K{text}")
                sys.stdout.flush()
        with self._lock:
            sys.stdout.write("\r\x1b[2K")
            sys.stdout.flush()

    def _print(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)
