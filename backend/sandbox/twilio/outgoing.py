"""What may be sent by `POST …/Messages.json`: the form looked at as Twilio's reference has it."""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from sandbox.phones.facts import End, Template
from sandbox.phones.provider import Refused
from sandbox.phones.state import State
from sandbox.twilio import settings

MAX_BODY, MAX_MEDIA, MAX_VALIDITY, MAX_CALLBACK = 1_600, 10, 36_000, 4_000


class Wanted(Struct, frozen=True):
    """A message as it is asked for."""

    end: End
    person: str
    text: str
    links: tuple[str, ...]
    template: Template | None
    callback: str
    service: str


def looked_at(form: dict[str, list[str]], state: State, account: str) -> Wanted:
    """The message in a form. Refused where it breaks a rule; in the order in which Twilio looks."""
    one = {name: values[-1] for name, values in form.items()}
    to, text, links = one.get("To", ""), one.get("Body", ""), tuple(link for link in form.get("MediaUrl", ()) if link)
    if not to:
        raise Refused("21604")
    channel, number = settings.split(to)
    number = re.sub(r"[\s().-]", "", number)
    if not settings.NUMBER.match(number):
        raise Refused("21211", f"Invalid 'To' Phone Number: {to[:40]}")
    end, service = _from(one, state, account, channel)
    template = _template(one, state)
    if not text and not links and template is None:
        raise Refused("21602")
    if len(text) > MAX_BODY:
        raise Refused("21617")
    if len(links) > MAX_MEDIA:
        raise Refused("21623")
    if any(not _web(link) for link in links):
        raise Refused("21620")
    callback = one.get("StatusCallback", "")
    if callback and (not _web(callback) or len(callback) > MAX_CALLBACK):
        raise Refused("21609")
    validity = one.get("ValidityPeriod")
    if validity is not None and not (validity.isdecimal() and 1 <= int(validity[:9]) <= MAX_VALIDITY):
        raise Refused("90007")
    if (end.id, number) in state.stopped:
        raise Refused("21610")
    if template is not None:
        text = _filled(template, one.get("ContentVariables", ""))
    return Wanted(end, number, text, links, template, callback, service)


def _from(one: dict[str, str], state: State, account: str, channel: str) -> tuple[End, str]:
    """The number of ours that it goes out from, and the messaging service that chose it."""
    given, service = one.get("From", ""), one.get("MessagingServiceSid", "")
    ours = settings.ends_of(state, account)
    if not given and not service:
        raise Refused("21603")
    if given:
        by, number = settings.split(given)
        if by != channel:
            raise Refused("21910")
        found = next((end for end in ours if end.id == number and end.more["channel"] == channel), None)
        if found is None:
            raise Refused("63007" if channel == "whatsapp" else "21606")
        return found, service
    of_service = [end for end in ours if end.more["messaging_service_sid"] == service]
    if not of_service:
        raise Refused("21701")
    found = next((end for end in of_service if end.more["channel"] == channel), None)
    if found is None:
        raise Refused("21703")
    return found, service


def _template(one: dict[str, str], state: State) -> Template | None:
    name = one.get("ContentSid", "")
    if not name:
        return None
    found = next((template for (known, _), template in state.templates.items() if known == name), None)
    if found is None or not re.match(r"HX[0-9a-f]{32}\Z", name):
        raise Refused("21655")
    return found


def _filled(template: Template, variables: str) -> str:
    try:
        given: dict[str, Any] = msgspec.json.decode(variables or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise Refused("21656") from None
    wanted = set(re.findall(r"\{\{(\w{1,40})\}\}", template.body))
    if not wanted <= {*given}:
        raise Refused("21656")
    return re.sub(r"\{\{(\w{1,40})\}\}", lambda found: str(given[found[1]]), template.body)


def _web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
