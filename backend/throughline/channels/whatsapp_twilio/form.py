"""A form as Twilio posts it: every field, blank ones too, because the signature is over all of them. Pure."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from msgspec import Struct

#: Twilio sends about forty; it may add more without notice.
_FIELDS = 400

MEDIA_TYPE = "application/x-www-form-urlencoded"


class Form(Struct, frozen=True):
    """Values by name, in the order in which they came. Names have their case: `MessageSid`."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """The field's value, or nothing."""
        return self.fields.get(name, ("",))[0]

    def doubled(self, names: frozenset[str]) -> bool:
        """Whether one of these fields came twice: Twilio sends each once, and which one counts nobody could say."""
        return any(len(self.fields.get(name, ())) > 1 for name in names)


def parsed(text: bytes) -> Form | None:
    """The form in these bytes; None: too many fields. Bytes that are no UTF-8 become U+FFFD."""
    fields: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(text.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=_FIELDS)
    except ValueError:
        return None
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)
