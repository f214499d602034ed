"""The vault: a secret opens where it was sealed and nowhere else, and nothing that is damaged raises."""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from throughline.conversation.ids import AccountId, TenantId
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Vault

SECRET = b"an installation's secret, 32 bytes"
T1, A1 = TenantId("t1"), AccountId("a1")
#: Made once, with a data key of 0x11 and nonces of 0x22 and 0x33.
WRAPPED = bytes.fromhex(
    "01f555b9342222222222222222222222226d954233c8e53230c5ca9496c5b41245585af33475b45a7aea209b946a2af5651336090cf78722"
    "f757d534ef155fe7a3"
)
SEALED = bytes.fromhex("01333333333333333333333333fcec2a24e751c9837b7da4a392764fab63d67c80055b4b")
VAULT = EnvelopeVault(SECRET)
NAMES = st.text(max_size=12)


def test_it_is_the_port() -> None:
    vault: Vault = VAULT
    assert vault is VAULT


def test_what_was_sealed_long_ago_still_opens() -> None:
    assert VAULT.open(WRAPPED, T1, A1, "signing_secret", SEALED) == "xoxb-ü"


def test_the_form_is_the_written_one_by_another_hand() -> None:
    key, made, last = hmac.digest(bytes(32), SECRET, hashlib.sha256), b"", b""
    for n in (1, 2):
        last = hmac.digest(key, last + b"throughline vault wrapping key 1" + bytes([n]), hashlib.sha256)
        made += last
    assert WRAPPED[1:5] == made[:4]
    data_key = AESGCM(made[4:36]).decrypt(WRAPPED[5:17], WRAPPED[17:], b'["data key","t1",1]')
    assert data_key == bytes([0x11]) * 32
    place = b'["t1","a1","signing_secret",1]'
    assert AESGCM(data_key).decrypt(SEALED[1:13], SEALED[13:], place).decode() == "xoxb-ü"


@given(NAMES, NAMES, NAMES, st.text(max_size=200))
def test_a_secret_opens_in_its_place(tenant: str, account: str, name: str, value: str) -> None:
    wrapped = VAULT.new_key(TenantId(tenant))
    sealed = VAULT.seal(wrapped, TenantId(tenant), AccountId(account), name, value)

    assert sealed is not None
    assert VAULT.open(wrapped, TenantId(tenant), AccountId(account), name, sealed) == value


@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_a_secret_opens_in_no_other_place(here: tuple[str, str, str], there: tuple[str, str, str]) -> None:
    assume(here != there)
    wrapped = VAULT.new_key(TenantId(here[0]))
    sealed = VAULT.seal(wrapped, TenantId(here[0]), AccountId(here[1]), here[2], "secret")

    assert sealed is not None
    assert VAULT.open(wrapped, TenantId(there[0]), AccountId(there[1]), there[2], sealed) is None


def test_names_cannot_be_shifted_across_their_borders() -> None:
    wrapped = VAULT.new_key(TenantId("a"))
    sealed = VAULT.seal(wrapped, TenantId("a"), AccountId('b","c'), "d", "secret")

    assert sealed is not None
    assert VAULT.open(wrapped, TenantId("a"), AccountId("b"), 'c","d', sealed) is None


@given(st.integers(0, len(WRAPPED) * 8 - 1))
def test_a_data_key_with_one_bit_changed_opens_nothing(bit: int) -> None:
    assert VAULT.open(_flipped(WRAPPED, bit), T1, A1, "signing_secret", SEALED) is None


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_a_sealed_secret_with_one_bit_changed_does_not_open(bit: int) -> None:
    assert VAULT.open(WRAPPED, T1, A1, "signing_secret", _flipped(SEALED, bit)) is None


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_nothing_that_is_damaged_raises(wrapped: bytes, sealed: bytes) -> None:
    assert VAULT.open(wrapped, T1, A1, "signing_secret", SEALED) is None
    assert VAULT.open(WRAPPED, T1, A1, "signing_secret", sealed) is None
    assert VAULT.seal(wrapped, T1, A1, "signing_secret", "secret") is None
    assert VAULT.rewrap(wrapped, T1) is None


@given(st.integers(0, 200))
def test_what_is_cut_short_does_not_open(size: int) -> None:
    assert VAULT.open(WRAPPED[: min(size, len(WRAPPED) - 1)], T1, A1, "signing_secret", SEALED) is None
    assert VAULT.open(WRAPPED, T1, A1, "signing_secret", SEALED[: min(size, len(SEALED) - 1)]) is None


def test_another_installations_vault_opens_nothing() -> None:
    other = EnvelopeVault(b"another installation's secret .....")

    assert other.open(WRAPPED, T1, A1, "signing_secret", SEALED) is None
    assert other.seal(WRAPPED, T1, A1, "signing_secret", "x") is None


def test_another_tenants_data_key_does_not_open_under_our_name() -> None:
    assert VAULT.open(WRAPPED, TenantId("t2"), A1, "signing_secret", SEALED) is None
    assert VAULT.rewrap(WRAPPED, TenantId("t2")) is None


def test_while_the_installations_secret_is_changed_both_are_live() -> None:
    turned = EnvelopeVault(b"the new one, as long as the old one", SECRET)

    assert turned.open(WRAPPED, T1, A1, "signing_secret", SEALED) == "xoxb-ü"
    assert VAULT.open(turned.new_key(T1), T1, A1, "signing_secret", SEALED) is None


def test_after_the_rewrapping_the_old_secret_is_not_needed() -> None:
    new = b"the new one, as long as the old one"
    carried = EnvelopeVault(new, SECRET).rewrap(WRAPPED, T1)

    assert carried is not None
    assert EnvelopeVault(new).open(carried, T1, A1, "signing_secret", SEALED) == "xoxb-ü"
    assert VAULT.open(carried, T1, A1, "signing_secret", SEALED) is None
    assert EnvelopeVault(new, SECRET).rewrap(carried, T1) == carried


def test_the_same_secret_is_never_sealed_the_same_way_twice() -> None:
    seals = {VAULT.seal(WRAPPED, T1, A1, "signing_secret", "same") for _ in range(50)}
    keys = {VAULT.new_key(T1) for _ in range(50)}

    assert len(seals) == len(keys) == 50


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
