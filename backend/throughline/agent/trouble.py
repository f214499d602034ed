"""What providers do wrong, as values: one table from their errors to ours. Retrying is decided elsewhere."""

from collections.abc import Mapping

import httpx2
import msgspec
import openai

from throughline.agent.sse import said
from throughline.conversation.answer import Broken

TROUBLE = (openai.OpenAIError, httpx2.HTTPError, OSError, TimeoutError)
_UNUSABLE = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL, UnicodeError)

#: Shorter ones are placeholders of local servers: their letters occur in words.
_SECRET = 8


def from_error(error: Exception, secret: str) -> Broken:
    """The value for an exception of the client or its transport. `secret` never shows in the detail."""
    match error:
        case openai.APIStatusError():
            return from_status(error.status_code, error.response.headers, error.response.content, secret)
        case openai.APITimeoutError() | httpx2.TimeoutException() | TimeoutError():
            return Broken("timeout", "The model did not answer in time.", again=True)
        case openai.APIConnectionError() if isinstance(error.__cause__, _UNUSABLE):
            return Broken("refused", "The model's address or key cannot be sent.", again=False)
        case openai.APIConnectionError() | httpx2.ConnectError() | OSError():
            return Broken("unreachable", "The model's address does not answer.", again=True)
        case httpx2.HTTPError():
            return Broken("cut_off", "The connection to the model broke.", again=True)
        case _:
            return Broken("bad_answer", f"The model's answer could not be read ({type(error).__name__}).", again=True)


def from_status(status: int, headers: Mapping[str, str], body: bytes, secret: str) -> Broken:
    """The value for an answer that is not 200."""
    detail = f"The model answered {status}: {_reason(body)}"
    if len(secret) >= _SECRET:
        detail = detail.replace(secret, "***")
    wait = retry_after(headers)
    match status:
        case 429:
            spent = b"insufficient_quota" in body
            return Broken("rate_limited", detail, again=not spent, retry_after=wait)
        case 408 | 409:
            return Broken("unreachable", detail, again=True, retry_after=wait)
        case _ if status >= 500:
            return Broken("unreachable", detail, again=True, retry_after=wait)
        case _:
            return Broken("refused", detail, again=False)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, where the provider names them; dates are not read."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds <= 86_400:
            return seconds
    return None


def _reason(body: bytes) -> str:
    try:
        return said(bytes(msgspec.json.decode(body, type=dict[str, msgspec.Raw])["error"]))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError):
        return "no reason given"
