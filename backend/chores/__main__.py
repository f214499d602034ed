"""The door of the chores: makes sure that this Python is new enough, or finds one that is, before anything else.

This file alone keeps to words that an old Python can read, so that it can say kindly that it is old.
"""

import os
import shutil
import sys

NEEDED = (3, 11)
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120, RUF100 - plain on purpose


def newer():
    # type: () -> str
    """Path of another, new enough Python on this machine; empty if there is none."""
    for minor in (14, 13, 12, 11):
        found = shutil.which("python3." + str(minor))
        if found:
            return found
    return ""


def main():
    # type: () -> int
    """Run one chore, under a Python that can."""
    if tuple(sys.version_info[:2]) < NEEDED:
        found = newer()
        if found:
            os.execv(found, [found, HERE] + sys.argv[1:])  # noqa: RUF005, S606
        sys.stderr.write(
            "Throughline needs Python 3.11 or newer; this is {}.{}.\n"
            "  Debian 12, Ubuntu 24.04 or newer   sudo apt install python3 python3-venv\n"
            "  macOS                              brew install python@3.13\n"
            "  anything else                      https://www.python.org/downloads\n".format(*sys.version_info[:2])
        )
        return 2
    sys.path.insert(0, os.path.dirname(HERE))  # noqa: PTH120, RUF100
    from chores.verbs import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
