"""Run one of our small programs with the guest's own Python: cloud-init brought one along."""

from functools import cache
from importlib.resources import files

# RHEL keeps a Python for the system's own use where the PATH does not look.
_RUN = """\
command -v python3 >/dev/null && exec python3 -I -S -c "$@"
exec /usr/libexec/platform-python -I -S -c "$@"
"""
_PATH = 'PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"\n'


def command(name: str, *arguments: str, first: str = "") -> tuple[str, ...]:
    """Return the argument list that runs this program of `vipprov.guest.inside`.

    `first` is shell text that runs before Python is started, and may end it all: an emulated guest
    has Python in half a second and a shell at once. It finds the arguments from `$2` on.
    """
    script = _PATH + first + _RUN
    return ("sh", "-c", script, "vipprov", source(f"{name}.py"), *arguments)


@cache
def source(file: str) -> str:
    """Return the text of a program of `vipprov.guest.inside`."""
    return files("vipprov.guest.inside").joinpath(file).read_text(encoding="utf-8")
