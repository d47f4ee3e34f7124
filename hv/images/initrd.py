"""The initrd: loads what it takes to read the root disk, mounts it, and hands over.

A distribution's own looks for all that a machine could have; this one knows what it will find.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from vipprov.guest.errors import HypervisorError
from vipprov.hv.images import cpio
from vipprov.hv.images.cpio import Entry

BUSYBOX = "bin/busybox"
MODULES = "lib/modules"
ROOT = "/dev/vda"
FOLDERS = ("bin", "dev", "modules", "proc", "root")
# A disk that is late on a busy host is waited for. Where none comes, the kernel's panic is seen by
# the hypervisor, and the reason is on the console.
INIT = f"""\
#!/bin/busybox sh
b=/bin/busybox
$b mount -t devtmpfs none /dev
$b mount -t proc none /proc
init=/sbin/init
for word in $($b cat /proc/cmdline); do
  case $word in init=*) init=${{word#init=}} ;; esac
done
while read -r module; do $b insmod "/modules/$module"; done </modules/order
tries=0
until [ -b {ROOT} ] || [ $tries -ge 600 ]; do
  $b usleep 100000
  tries=$((tries + 1))
done
if ! $b mount -t ext4 -o rw,noatime {ROOT} /root; then
  echo "vipprov: the root disk {ROOT} cannot be mounted" >/dev/console
  exit 1
fi
$b umount /proc
$b mount --move /dev /root/dev
exec $b switch_root /root "$init" "$@"
"""


def build(tree: Path, release: str, drivers: Iterable[str]) -> bytes:
    """Return the initrd for the kernel of this release, with its drivers, from the tree's files."""
    modules = _ordered(tree / MODULES / release, drivers)
    order = "".join(f"{module.name}\n" for module in modules)
    entries = [
        *(Entry.folder(name) for name in FOLDERS),
        Entry.program("init", INIT.encode()),
        Entry.program(BUSYBOX, _read(tree / BUSYBOX)),
        Entry.file("modules/order", order.encode()),
        *(Entry.file(f"modules/{module.name}", _read(module)) for module in modules),
    ]
    return cpio.archive(entries)


def _ordered(folder: Path, drivers: Iterable[str]) -> tuple[Path, ...]:
    """Return the modules of these drivers, each after those that it needs."""
    needs = dict(_dependencies((folder / "modules.dep").read_text()))
    built_in = {Path(line).stem for line in (folder / "modules.builtin").read_text().split()}
    found: dict[Path, None] = {}
    for driver in drivers:
        if driver in built_in:
            continue
        path = next((path for path in needs if path.name.split(".")[0] == driver), None)
        if path is None:
            raise HypervisorError(f"The kernel in {folder} has no driver {driver}.")
        # modules.dep names the nearest need first, and the deepest last.
        for needed in (*reversed(needs[path]), path):
            found[folder / needed] = None
    return tuple(found)


def _dependencies(text: str) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    for line in text.splitlines():
        module, _, needs = line.partition(":")
        yield Path(module), tuple(Path(need) for need in needs.split())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise HypervisorError(f"The image lacks {path}, which its initrd needs.") from error
