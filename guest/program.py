"""Run one of our small programs with the guest's own Python: cloud-init brought one along."""

from functools import cache
from importlib.resources import files

# RHEL keeps a Python for the system's own use where the PATH does not look.
PYTHON = """\
python() {
    PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
    command -v python3 >/dev/null && exec python3 -I -S -c "$@"
    exec /usr/libexec/platform-python -I -S -c "$@"
}
"""
"""Defines in a shell the function that becomes Python; it is given what `words` returns."""


def command(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the argument list that runs this program of `vipprov.guest.inside`."""
    return ("sh", "-c", f'{PYTHON}python "$@"\n', "vipprov", *words(name, *arguments))


def words(name: str, *arguments: str) -> tuple[str, ...]:
    """Return what a shell that has `python` runs this program with: its text, and arguments."""
    return (source(f"{name}.py"), *arguments)


@cache
def source(file: str) -> str:
    """Return the text of a program of `vipprov.guest.inside`."""
    return files("vipprov.guest.inside").joinpath(file).read_text(encoding="utf-8")
