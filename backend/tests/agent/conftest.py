"""The demo model in another process, as fast as it goes."""

from collections.abc import Iterator

import pytest

from tests.sandbox.process import running


@pytest.fixture(scope="session")
def model_address() -> Iterator[str]:
    with running("--rate", "0") as (address, _):
        yield address
