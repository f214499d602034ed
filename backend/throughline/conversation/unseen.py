"""Characters that people do not see, in which something can be said to a model or somebody be deceived. Pure."""

import re

#: The Tag block repeats ASCII in letters that nobody is shown; three flags are really written with it.
_TAGS = re.compile(
    "(\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|"
    "\U000e0077\U000e006c\U000e0073)\U000e007f)|[\U000e0000-\U000e007f]+"
)
# Control characters but tab and line break, lone surrogates, direction overrides, the Tag block, and 240 more variation
# selectors than any letter has variants: in the last two, text can be written that people do not see and models do.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f"
    "\U000e0100-\U000e01ef]"
)


def visible(text: str) -> str:
    """The text without characters that a person would not see: what a model may read."""
    return _UNSEEN.sub("", text)


def untagged(text: str) -> str:
    """The text without the Tag block, but for flags: what people may be shown and may pass on."""
    return _TAGS.sub(lambda found: found[1] or "", text) if not text.isascii() else text
