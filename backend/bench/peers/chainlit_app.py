"""Chainlit doing the same: each turn's tokens come through the openai client and go to two readers' sockets.

A Chainlit session has one reader, so two sessions that share a name (their chat profile) are told of one upstream
stream: the second reader costs Chainlit no stream of its own, which is to its favour. Started by its own command:
`chainlit run chainlit_app.py`.
"""

import os

import chainlit as cl
from chainlit.context import ChainlitContext, context_var
from chainlit.session import WebsocketSession
from openai import AsyncOpenAI

_model = AsyncOpenAI()
_pairs: dict[str, list[WebsocketSession]] = {}


@cl.on_chat_start
async def start() -> None:
    """A reader has come: it joins the session of the same name."""
    session = cl.context.session
    _pairs.setdefault(session.chat_profile or "", []).append(session)


@cl.on_message
async def answer(message: cl.Message) -> None:
    """Stream the answer to everyone of that name."""
    # One context for each reader, made once: switching it costs next to nothing.
    readers = []
    for session in _pairs[cl.context.session.chat_profile or ""]:
        context = ChainlitContext(session)
        context_var.set(context)
        readers.append((context, cl.Message(content="")))
    stream = await _model.chat.completions.create(
        model=os.environ["OPENAI_MODEL"],
        messages=[{"role": "user", "content": message.content}],
        stream=True,
    )
    async for chunk in stream:
        token = chunk.choices[0].delta.content if chunk.choices else None
        if token:
            for context, reply in readers:
                context_var.set(context)
                await reply.stream_token(token)
    for context, reply in readers:
        context_var.set(context)
        await reply.update()
