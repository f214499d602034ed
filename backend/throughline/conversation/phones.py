"""Phone numbers in their one written form, E.164 (ITU-T). Pure: rules and lists from Google's libphonenumber."""

import phonenumbers

#: Characters of what a person may type for one.
_LONGEST = 64


def phone(text: str, region: str | None = None) -> str | None:
    """`+447700900123` for any way to write it; None: it cannot be a number.

    `region` (`GB`) is the country of a number written without its own code. What counts is the length and shape that
    the country allows, not whether the number is in use: new ranges are given out before any list knows them.
    """
    if len(text) > _LONGEST:
        return None
    try:
        found = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if found.extension or phonenumbers.is_possible_number_with_reason(found) != _POSSIBLE:
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


_POSSIBLE = phonenumbers.ValidationResult.IS_POSSIBLE
