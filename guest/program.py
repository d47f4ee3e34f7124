"""Run one of our small programs with the guest's own Python: cloud-init brought one along."""

from functools import cache
from importlib.resources import files

# RHEL keeps a Python for the system's own use where the PATH does not look.
_RUN = """\
PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
command -v python3 >/dev/null && exec python3 -I -S -c "$@"
exec /usr/libexec/platform-python -I -S -c "$@"
"""


def command(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the argument list that runs this program of `vipprov.guest.inside`."""
    return ("sh", "-c", _RUN, "vipprov", source(f"{name}.py"), *arguments)


@cache
def source(file: str) -> str:
    """Return the text of a program of `vipprov.guest.inside`."""
    return files("vipprov.guest.inside").joinpath(file).read_text(encoding="utf-8")
