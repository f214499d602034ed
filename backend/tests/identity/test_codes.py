"""Codes for people: spoken without doubt, and kept as hashes that only this installation makes."""

from throughline.conversation.commands import Link, parse
from throughline.conversation.ids import TenantId
from throughline.conversation.linking import ALPHABET, LENGTH, shown
from throughline.identity.codes import Codes

CODES = Codes(b"an installation's secret, 32 bytes")
ACME, RIVAL = TenantId("acme"), TenantId("rival")


def test_every_code_is_a_command_as_people_write_it() -> None:
    for _ in range(500):
        code = CODES.new()
        assert len(code) == LENGTH
        assert set(code) <= set(ALPHABET)
        assert parse(f"link {shown(code)}") == Link(shown(code))
        assert parse(f"Link {code.lower()}") == Link(code)


def test_a_hash_is_the_same_however_the_code_is_written() -> None:
    assert CODES.hashed(ACME, "bcdf-2345") == CODES.hashed(ACME, "BCDF2345") != CODES.hashed(ACME, "BCDF2346")


def test_another_tenant_and_another_installation_have_other_hashes() -> None:
    other = Codes(b"another one's secret, 32 bytes!!!")

    assert len({CODES.hashed(ACME, "BCDF2345"), CODES.hashed(RIVAL, "BCDF2345"), other.hashed(ACME, "BCDF2345")}) == 3
