"""The benchmarks: Throughline and its peers, side by side, in one run on one machine.

`python -m bench [scenario …]` is the command. Each scenario is one file with a `run`; `process.py` starts, pins and
meters servers, `load.py` and `posts.py` make the load, `table.py` writes what was found to docs/benchmarks.md.
It runs in an environment of its own (requirements-bench.lock) and starts our server with the server's interpreter.
"""
