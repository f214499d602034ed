"""How often a bot may send: one message a second in a chat with a short burst, thirty a second over all.

From core.telegram.org/bots/faq, "My bot is hitting limits". Counters are in memory only.
"""

import math

#: A second, and at once: in one chat, over all chats, in one group (20 a minute).
CHAT, ALL, GROUP = (1.0, 3.0), (30.0, 30.0), (20 / 60, 20.0)
_MOST = 20_000


class Limits:
    """Token buckets. `scale` multiplies them, for measurements; 0: no limits."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._levels: dict[tuple[int, int], tuple[float, float]] = {}

    def take(self, end: int, chat: int, now: float) -> int | None:
        """Take one of each, or none: then the whole seconds to wait, at least 1."""
        if not self.scale:
            return None
        asked = [((end, chat), GROUP if chat < 0 else CHAT), ((end, 0), ALL)]
        levels = [(key, rate, self._level(key, rate, now)) for key, rate in asked]
        short = [(1 - level) / (rate[0] * self.scale) for _, rate, level in levels if level < 1]
        if short:
            return max(1, math.ceil(max(short) - 1e-6))
        for key, _, level in levels:
            self._levels[key] = (level - 1, now)
        if len(self._levels) > _MOST:
            self._levels = dict(list(self._levels.items())[_MOST // 2 :])
        return None

    def fill(self) -> None:
        """Forget what was taken."""
        self._levels.clear()

    def _level(self, key: tuple[int, int], rate: tuple[float, float], now: float) -> float:
        full = max(1.0, rate[1] * self.scale)
        level, at = self._levels.get(key, (full, now))
        return min(full, level + max(0.0, now - at) * rate[0] * self.scale + 1e-9)
