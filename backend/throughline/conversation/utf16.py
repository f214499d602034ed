"""Offsets into streamed text count UTF-16 units, because a browser's strings do."""


def length(text: str) -> int:
    """How many UTF-16 units `text` takes: one each, two beyond the basic plane."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def after(text: str, units: int) -> str:
    """What follows the first `units` UTF-16 units of `text`."""
    if text.isascii():
        return text[units:]
    return text.encode("utf-16-le", "surrogatepass")[units * 2 :].decode("utf-16-le", "surrogatepass")
