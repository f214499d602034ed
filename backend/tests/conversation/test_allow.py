"""Who stands on an account's list; and addresses of people whom nobody vouches for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.allow import allowed
from throughline.conversation.ids import IdentityId, TenantId
from throughline.conversation.records import Identity
from throughline.conversation.trust import answers_for, own_key, plain, possible

LIST = "+44 7700 900-123, Ana@Example.com, @ours.test, whatsapp:+1 (555) 0100, GB.1A2b"


@pytest.mark.parametrize(
    "address",
    ["1555010/447700900123", "+1555/+447700900123", "ana@example.com", "bob@ours.test", "15550100", "106/GB.1a2B"],
)
def test_who_is_on_the_list_may_write_however_they_are_spelled(address: str) -> None:
    assert allowed(LIST, (address,))
    assert allowed(LIST, ("nobody", address))


@pytest.mark.parametrize(
    "address",
    ["+447700900124", "ana@example.com.evil.test", "bob@notours.test", "ours.test", "", "/", "447700900123/+1"],
)
def test_nobody_else_may(address: str) -> None:
    assert not allowed(LIST, (address,))


@given(st.text(max_size=40), st.text(max_size=40))
def test_an_empty_list_is_everybody_and_no_list_breaks(entries: str, address: str) -> None:
    assert allowed(" , ,", (address,))
    assert allowed(entries, (address,)) in {True, False}


@given(st.text(min_size=1, max_size=40).filter(possible))
def test_the_own_form_of_an_address_is_nobodys_and_leads_back_to_it(address: str) -> None:
    assert not possible(own_key(address))
    assert plain(own_key(address)) == plain(address) == address


@given(st.text(min_size=1, max_size=20).filter(possible), st.text(min_size=1, max_size=20).filter(possible))
def test_a_proof_holds_for_its_own_address_only(mine: str, theirs: str) -> None:
    for address in (mine, own_key(mine)):
        known = Identity(IdentityId("i"), TenantId("t"), None, None, "gmail", address, "unverified", 1)
        assert answers_for(known, theirs) == (mine == theirs)
