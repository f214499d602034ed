"""What is new in an answer: in many languages and programs, wrapped and not; and what must not be cut."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import clean, quote

INTRODUCTIONS = [
    "On Mon, Nov 21, 2026 at 10:00 AM Ana Example <ana@example.com> wrote:",
    "On Mon, Nov 21, 2026 at 10:00 AM Support of a company with a long name <\nsupport@example.org> wrote:",
    "On Mon, Nov 21, 2026 at 10:00 AM\nSupport of a company with a very long name <\nsupport@example.org>\nwrote:",
    "On 21 Nov 2026, at 10:00, Ana <ana@example.com>\nwrote:",
    "Am Mo., 21. Nov. 2026 um 10:00 Uhr schrieb Support <\nsupport@example.org>:",
    "Le lun. 21 nov. 2026 à 10:00, Support <support@example.org> a écrit\u00a0:",
    "Le lun. 21 nov. 2026 à 10:00, Support <support@example.org> a\nécrit :",
    "El lun, 21 nov 2026 a las 10:00, Support (<support@example.org>) escribió:",
    "El lun, 21 nov 2026 a las 10:00, Support (<support@example.org>)\nescribió:",
    "Em seg., 21 de nov. de 2026 às 10:00, Support <\nsupport@example.org> escreveu:",
    "Il giorno lun 21 nov 2026 alle ore 10:00 Support <support@example.org> ha\nscritto:",
    "Op ma 21 nov 2026 om 10:00 schreef Support <support@example.org>:",
    "Den mån 21 nov. 2026 kl 10:00 skrev Support <support@example.org>:",
    "Den man. 21. nov. 2026 kl. 10.00 skrev Support <support@example.org>:",
    "pon., 21 lis 2026 o 10:00 Support <support@example.org> napisał(a):",
    "po 21. 11. 2026 v 10:00 odesílatel Support <support@example.org> napsal:",
    "ma 21.11.2026 klo 10.00 Support <support@example.org> kirjoitti:",
    "пн, 21 нояб. 2026 г. в 10:00, Support <support@example.org>:",
    "2026年11月21日(土) 10:00 Support <support@example.org>:",
    "2026/11/21 10:00、Support <support@example.org>のメール:",
    "Support <support@example.org> 于2026年11月21日周六 10:00写道：",
    "2026년 11월 21일 (토) 오전 10:00, Support <support@example.org>님이 작성:",
]
QUOTED = "\n\n> Hello,\n> how can we help?\n>\n> Support\n"
NOT_MARKED = "\n\nHello,\nhow can we help?\n"


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("below", [QUOTED, NOT_MARKED], ids=["marked", "unmarked"])
def test_an_introduction_and_its_quote_are_left_out(introduction: str, below: str) -> None:
    assert quote.new(f"Yes please.\n\nThanks, Ana\n\n{introduction}{below}") == "Yes please.\n\nThanks, Ana"


@pytest.mark.parametrize(
    "letterhead",
    ["-----Original Message-----\nFrom: Support <support@example.org>\nSent: Monday\nTo: Ana\nSubject: Re: x",
     "________________________________\nFrom: Support\nSent: Monday, November 21\nTo: Ana\nSubject: Re: x",
     "________________________________\nVon: Support <support@example.org>\nGesendet: Montag\nAn: Ana\nBetreff: Re: x",
     "De : Support <support@example.org>\nEnvoyé : lundi\nÀ : Ana\nObjet : Re: x",
     "From: Support <support@example.org>\nDate: Monday\nTo: Ana <ana@example.com>\nSubject: Re: x",
     "*From:* Support <support@example.org>\n*Sent:* Monday\n*To:* Ana\n*Subject:* Re: x"],
)  # fmt: skip
def test_outlooks_letterhead_ends_what_is_new(letterhead: str) -> None:
    assert quote.new(f"Yes please.\n\n{letterhead}\n\nHello,\nhow can we help?") == "Yes please."


def test_answers_between_and_under_the_quote_stay() -> None:
    mail = (
        "See below.\n\nOn Mon, Nov 21, 2026 at 10:00 AM S <s@example.org> wrote:\n> Which size?\n\nLarge, please.\n\n"
        "> And which colour of all those that we have would you like\nto have?\n\nRed."
    )

    assert quote.new(mail) == "See below.\n\nLarge, please.\n\nRed."


def test_an_answer_under_the_quote_is_the_answer() -> None:
    assert quote.new("On Mon, Nov 21, 2026 at 10:00 AM S <s@example.org> wrote:\n\n> Hi\n\nYes.") == "Yes."


def test_quotes_of_quotes_go_as_well() -> None:
    below = INTRODUCTIONS[0] + "\n> Hello\n>\n> " + INTRODUCTIONS[4].replace("\n", "\n> ") + "\n>> Hi\n"

    assert quote.new("Yes.\n\n" + below) == "Yes."


KEPT = [
    "Please book\nFrom: Paris\nTo: London\nDate: 3 May\nthanks",
    "- one\n- two\n\nThanks, but where is it?",
    "He wrote:\nnothing at 10:00",
    "These are my questions on 21 Nov:\n1. Where?\n2. When?",
    "Address:\nAna Example\nMain Street 1",
    "Time: 10:00\nPlace: here",
    "FYI\n\n---------- Forwarded message ---------\nFrom: Bob <bob@example.com>\nDate: Mon\nTo: Ana <a@b.cd>\n\nHello",
    "Begin forwarded message:\n\nFrom: Bob <bob@example.com>\nSubject: x\nDate: Mon\nTo: Ana <a@b.cd>\n\nHello",
    "one\n--\ntwo\n" + "a line\n" * 20 + "the end",
    "I sent it\nSent from home, it should be there",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert quote.new(text) == text


@pytest.mark.parametrize(
    "end",
    ["\n-- \nAna Example\nExample Ltd", "\n\n--\nAna", "\n\nSent from my iPhone", "\nSent from Outlook for Android",
     "\nGet Outlook for iOS<https://aka.ms/o0ukef>", "\nVon meinem iPhone gesendet", "\nEnvoyé de mon iPhone",
     "\nEnviado desde mi iPhone\n\n", "\nInviato da iPhone", "\n\nSent from my iPhone\n-- \nAna"],
)  # fmt: skip
def test_a_signature_is_left_out(end: str) -> None:
    assert quote.new(f"Yes please.{end}") == "Yes please."
    assert quote.new(f"Yes please.{end}\n\n{INTRODUCTIONS[0]}{QUOTED}") == "Yes please."


@pytest.mark.parametrize("text", ["> only\n> a quote", "Sent from my iPhone", "-- \nAna", INTRODUCTIONS[0] + "\n> x"])
def test_where_nothing_would_be_left_all_of_it_stays(text: str) -> None:
    assert quote.new(text) == text


@over(st.text(alphabet=st.sampled_from("On wrote:>@1\n -_FromTSubject<.a"), max_size=300))
def test_nothing_is_made_up(text: str) -> None:
    """What is kept are lines that were there, in their order; and something always is."""
    tidy = clean.text(text)
    kept = quote.new(tidy)

    assert bool(kept) == bool(tidy.strip())
    lines = iter(line.strip() for line in tidy.split("\n"))
    assert all(line.strip() in lines for line in kept.split("\n"))


def test_a_long_text_is_cut_where_a_conversation_would_end_it() -> None:
    assert len(quote.new("word " * 100_000)) <= quote.MOST
