"""`python -m fuzz [channel …] [--seconds 60]`: read mutated requests for so long each; what breaks a promise is kept.

With atheris (libFuzzer for Python) mutations follow what the code does with them; it lives in an environment of its
own, `.venv-fuzz`. Where there is none for this Python, a plain random mutator does what it can.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".venv-fuzz"
#: In the order in which they are run.
CHANNELS = ("slack", "gmail", "whatsapp_meta", "whatsapp_twilio", "sms", "telegram")
_PINNED = Path(__file__).with_name("atheris.txt")


def main() -> int:
    """0: nothing was found, 1: something was, 2: something has to be installed first."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Read anything at all.")
    parser.add_argument("channel", nargs="*", help=f"of {', '.join(CHANNELS)}; all when none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each channel")
    given = parser.parse_args()
    unknown = [name for name in given.channel if name not in CHANNELS]
    if unknown:
        parser.error(f"there is no channel {unknown[0]}; there are {', '.join(CHANNELS)}")
    python = _environment()
    if python is None:
        return 2
    code = 0
    for name in given.channel or CHANNELS:
        print(f"{name}: {given.seconds} s", flush=True)
        command = [str(python), "-m", "fuzz.aim", name, "--seconds", str(given.seconds)]
        code = code or min(1, subprocess.run(command, cwd=ROOT / "backend", check=False).returncode)
    return code


def _environment() -> Path | None:
    """An interpreter that has the product's lock and atheris; without atheris the product's own."""
    uv, product = ROOT / ".venv" / "bin" / "uv", ROOT / ".venv" / "bin" / "python"
    if not uv.exists():
        print("The server is not installed yet. Run: npx -y rust-just ready")
        return None
    python = OWN / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "-q", "--python", product, OWN], check=True)
    lock = ROOT / "backend" / "requirements.lock"
    install: list[str | Path] = [uv, "pip", "sync", "-q", "--require-hashes", "--python", python, lock, _PINNED]
    done = subprocess.run(install, check=False, capture_output=True, text=True, env=_where_pip_asks())
    if done.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"atheris cannot be installed for Python {version} here; a plain random mutator does it instead.")
        return product
    return python


def _where_pip_asks() -> dict[str, str]:
    env = dict(os.environ)
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    return env


if __name__ == "__main__":
    sys.exit(main())
