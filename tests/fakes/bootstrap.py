"""A bootstrap that fetches nothing: it leaves a tree with as much in it as a build looks at."""

from collections.abc import Callable, Sequence
from pathlib import Path

from vipprov.guest.deadline import Deadline

STATUS = """\
Package: keepalived
Status: install ok installed
Version: 1:2.2.7-1

Package: removed
Status: deinstall ok config-files
"""


class FakeBootstrap:
    """Counts its runs. `then` happens when the tree is there: an error, a look around."""

    def __init__(
        self, *, code: int = 0, says: str = "", then: Callable[[], None] | None = None
    ) -> None:
        self.code = code
        self.says = says
        self.then = then
        self.runs = 0

    def __call__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        on_line: Callable[[str], None],
        by: Deadline,  # noqa: ARG002  nothing here takes time
    ) -> int:
        self.runs += 1
        tree = Path(argv[-2])
        for folder in ("etc/ssh", "etc/systemd/system", "var/lib/dpkg", "usr/share/man/man8"):
            (tree / folder).mkdir(parents=True)
        (tree / "etc/os-release").write_text("ID=debian\n")
        (tree / "etc/ssh/ssh_host_ed25519_key").write_text("the same for all guests\n")
        (tree / "usr/share/man/man8/keepalived.8").write_text("read me\n")
        (tree / "var/lib/dpkg/status").write_text(STATUS)
        log.write_text(self.says)
        for line in self.says.splitlines():
            on_line(line)
        if self.then is not None:
            self.then()
        return self.code
