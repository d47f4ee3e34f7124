"""A bootstrap that fetches nothing: it leaves a tree with as much in it as a build looks at.

The programs that make a disk of a tree are here as well: they leave files with a word in them.
"""

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


RELEASE = "6.1.0-1-cloud"
MODULES = ("virtio_pci", "virtio_blk", "ext4")


class FakeBootstrap:
    """Counts its runs. `then` happens when the tree is there: an error, a look around.

    `fails` is the program that ends with `code`.
    """

    def __init__(
        self,
        *,
        code: int = 0,
        says: str = "",
        then: Callable[[], None] | None = None,
        fails: str = "setpriv",
    ) -> None:
        self.code = code
        self.fails = fails
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
        code = self.code if argv[0] == self.fails else 0
        match argv:
            case ["mke2fs", "-V"] | ["qemu-img", "--version"]:
                return code
            case ["mke2fs", *_, raw, _]:
                Path(raw).write_text("a file system")
            case ["qemu-img", *_, disk]:
                Path(disk).write_text("a disk")
            case _:
                self._bootstrap(Path(argv[-2]))
        log.write_text(self.says)
        for line in self.says.splitlines():
            on_line(line)
        if self.then is not None:
            self.then()
        return code

    def _bootstrap(self, tree: Path) -> None:
        self.runs += 1
        for folder in ("etc/ssh", "etc/systemd/system", "var/lib/dpkg", "usr/share/man/man8"):
            (tree / folder).mkdir(parents=True)
        (tree / "etc/os-release").write_text("ID=debian\n")
        (tree / "etc/ssh/ssh_host_ed25519_key").write_text("the same for all guests\n")
        (tree / "usr/share/man/man8/keepalived.8").write_text("read me\n")
        (tree / "var/lib/dpkg/status").write_text(STATUS)
        _add_kernel(tree)


def _add_kernel(tree: Path) -> None:
    modules = tree / "lib/modules" / RELEASE
    modules.mkdir(parents=True)
    (modules / "modules.dep").write_text("".join(f"{name}.ko:\n" for name in MODULES))
    (modules / "modules.builtin").write_text("")
    for name in MODULES:
        (modules / f"{name}.ko").write_text("a driver")
    for path in (tree / f"boot/vmlinuz-{RELEASE}", tree / "bin/busybox"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("a program")
