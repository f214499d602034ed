"""Twilio's messaging, put together."""

from collections.abc import Sequence
from pathlib import Path

from starlette.routing import BaseRoute

from sandbox.clock import Clock
from sandbox.phones.app import Phone
from sandbox.twilio.api import Api
from sandbox.twilio.habits import Twilio as Habits


class Twilio(Phone):
    """The stand-in. `keep`: the folder of its journal; without one it forgets."""

    def __init__(self, keep: Path | None, clock: Clock | None = None) -> None:
        super().__init__(Habits(), None if keep is None else keep / "twilio", clock)
        self._api = Api(self.ledger, self.door)

    def api(self) -> Sequence[BaseRoute]:
        """The REST API, and where its files lie."""
        return self._api.routes()
