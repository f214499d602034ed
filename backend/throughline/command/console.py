"""What the command line prints: one line a step, a tick, its seconds; plain where there is no terminal."""

from pathlib import Path

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def step(name: str, what: str, seconds: float | None = None) -> None:
    """A finished step; the columns are those of the chores that run before."""
    timing = "" if seconds is None else f"{seconds:.1f} s"
    out.print(f" [green]✓[/] {name:<14}{what:<27} {timing:>6}".rstrip())


def fail(what: str, hint: str) -> None:
    """A step that did not work: what happened, and what to do."""
    err.print(f" [red]✗[/] {what}\n   {hint}")


def near(path: Path) -> str:
    """A path as one would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def port_owner(port: int) -> str | None:
    """Who listens on a TCP port of this machine, as `name (pid n)`, where /proc tells; else None."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in inodes for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (pid {folder.name})"
        except OSError:
            continue
    return None
