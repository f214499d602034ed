# Throughline's chores. Without `just` installed:  npx -y rust-just RECIPE

set positional-arguments

_list:
    @just --justfile '{{ justfile() }}' --list --unsorted --list-heading {{ quote("Throughline · just RECIPE\n") }}

# Install what is missing, build, and serve a demo on http://127.0.0.1:8000 (PORT=8001 just up for another port).
[group('run')]
up *arguments:
    @python3 backend/chores up "$@"

# Serve without demo users and without the built-in model: a real installation on this machine.
[group('run')]
serve: ready
    @.venv/bin/python -m throughline serve

# Say how a channel's accounts are, and what to do about it: just doctor whatsapp. A running gateway is left in peace.
[group('run')]
doctor *arguments:
    @.venv/bin/python -m throughline doctor "$@"

# Install and build what is missing, start nothing.
[group('run')]
ready:
    @python3 backend/chores ready

# Run every test: back end with coverage, front end, browser stories; one closing line.
[group('prove')]
test:
    @python3 backend/chores test

# Check style, types, architecture, docs, generated files, lock files (all, or those named: just check docs lint).
[group('prove')]
check *names:
    @python3 backend/chores check "$@"

# Kill the server 100 times at work and count what was lost or doubled: it must be nothing.
[group('prove')]
chaos-kill: ready
    @cd e2e && KILLS=100 ../.venv/bin/pytest test_kill.py --timeout 3600

# Break a running gateway on purpose and count what was lost or doubled (just chaos --only f12 --minutes 20).
[group('prove')]
chaos *arguments: ready
    @cd backend && ../.venv/bin/python -m chaos "$@"

# Give every reader of webhooks and mails anything at all, a minute each (just fuzz slack --seconds 600).
[group('prove')]
fuzz *arguments: ready
    @cd backend && ../.venv/bin/python -m fuzz "$@"

# Measure against peers on this machine and write the table into docs/benchmarks.md.
[group('prove')]
bench *arguments: ready
    @cd backend && ../.venv/bin/python -m bench "$@"

# Take the pictures of every screen anew into docs/pictures, in light, dark and on a phone.
[group('work')]
gallery: ready
    @cd e2e && GALLERY=../docs/pictures ../.venv/bin/pytest test_gallery.py -p no:cacheprovider

# Format everything, and fix what can be fixed.
[group('work')]
fmt: ready
    @python3 backend/chores fmt

# Make openapi.json, asyncapi.json, the settings page and the TypeScript types anew from the code.
[group('work')]
schema:
    @python3 backend/chores schema

# Generate the Python client of the prompts in baml_src/ and check that every prompt still compiles.
[group('work')]
baml: ready
    @.venv/bin/baml-cli generate --from baml_src

# Read the docs in a browser, on http://127.0.0.1:8008, as they change.
[group('work')]
docs: ready
    @.venv/bin/mkdocs serve --dev-addr 127.0.0.1:8008

# Resolve the lock files anew from the ranges in pyproject.toml and package.json.
[group('work')]
lock: ready
    @python3 backend/chores lock

# Remove what can be made again; data, .env and installed packages stay.
[group('work')]
clean:
    @python3 backend/chores clean
