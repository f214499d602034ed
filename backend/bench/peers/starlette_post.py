"""The least that takes a POST: reads the body, answers 201 with JSON, keeps nothing."""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def take(request: Request) -> JSONResponse:
    """Read the body and say where it would stand."""
    body = await request.body()
    return JSONResponse({"id": "m", "c": request.path_params["conversation"], "seq": len(body)}, status_code=201)


app = Starlette(routes=[Route("/api/v1/conversations/{conversation}/messages", take, methods=["POST"])])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    uvicorn.run(
        app, host="127.0.0.1", port=parser.parse_args().port, loop="uvloop", http="httptools", log_level="warning",
        access_log=False, backlog=4096,
    )  # fmt: skip
