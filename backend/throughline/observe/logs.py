"""Structured logs: one event a line, with ids and never with words that somebody wrote.

Fields: `ts level event logger`, then what the caller gives: `tenant conversation request turn trace duration_ms` …
Two guards stand behind the callers' care: fields that usually carry content are left out by name, and exceptions are
written as types and places, because their messages quote what they choked on (SQL parameters, JSON, provider text).
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import FilteringBoundLogger, WrappedLogger

#: Fields that are never written, whatever is in them.
CONTENT = frozenset(
    {
        "attachments", "authorization", "body", "content", "cookie", "email", "message_text", "params", "password",
        "phone", "preview", "prompt", "refresh_token", "secret", "statement", "text", "ticket", "title", "token",
    }
)  # fmt: skip
_LEFT_OUT = "[left out]"
_FRAMES = 12
#: Libraries that write whole URLs, and at worse levels bodies, into their log.
_URL_WRITERS = ("httpx2", "httpcore2", "httpx", "httpcore", "openai")


def configure_logs(form: Literal["json", "console"] = "console", level: str = "INFO", to: TextIO | None = None) -> None:
    """Set up structlog and the standard library's loggers (uvicorn's, alembic's) to write the same lines.

    Once per process, before anything is logged. `to` defaults to standard error: standard output is for data.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        without_content,
        with_safe_errors,
    ]
    out = to if to is not None else sys.stderr
    end: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="ts")
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )
    lines = logging.StreamHandler(out)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, end],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        log = logging.getLogger(name)
        log.handlers.clear()
        log.setLevel(logging.NOTSET)
        log.propagate = name != "uvicorn.access"
    # A line for each socket and each model request says nothing that metrics do not, and costs as much as their work.
    for name in ("httpx2", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _URL_WRITERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> FilteringBoundLogger:
    """A logger; `name` is the room and file, without the package: `flow.reply`."""
    log: FilteringBoundLogger = structlog.get_logger(f"throughline.{name}")
    return log


def failure(error: BaseException) -> dict[str, object]:
    """An exception as fields that can be logged: its type, what caused it, and where; not its message.

    Frames are `file:line function`, innermost last, at most a dozen.
    """
    kinds, seen = [], set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        kinds.append(type(at).__qualname__)
        at = at.__cause__ or at.__context__
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"error": kinds[0], "caused_by": kinds[1:], "frames": frames[-_FRAMES:]}


def without_content(_log: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: fields that usually carry people's words or secrets are emptied."""
    for name in event.keys() & CONTENT:
        event[name] = _LEFT_OUT
    return event


def with_safe_errors(_log: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: `exc_info` becomes type and places."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update(failure(error))
    # The standard library's formatter would append the traceback itself, message included.
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        record.exc_info = None
        record.exc_text = None
    return event
