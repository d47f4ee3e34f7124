"""A system container's files: a private layer that its own init stacks over the shared image.

The image is bound read-only as root, the layer is bound onto LAYER_TARGET, and the init wrapper
mounts the overlay inside the container. So the host never has a mount of ours that a killed
command could leave behind or that a libvirtd in another mount namespace could not see.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from vipprov.cloudinit import folder
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.hv import storage

LAYER_TARGET = "/var/lib/vipprov"
INIT = f"{LAYER_TARGET}/init"
SEED = Path("var/lib/cloud/seed/nocloud")
CGROUP_MOUNTS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))

# libvirt makes no cgroup namespace for a container, so a systemd in it would write into the host's
# root groups. Under pure cgroup v2 libvirt has put us into a group of our own; under the hybrid
# layout we are in the root of the v2 tree and make one. Errors go to a file that outlives us.
WRAPPER = f"""\
#!/bin/sh
exec 2>{LAYER_TARGET}/init.log
set -eu
here={LAYER_TARGET}
mount -t overlay overlay -o "lowerdir=/,upperdir=$here/upper,workdir=$here/work" "$here/root"
if grep -q '^0::/$' /proc/self/cgroup; then
    mount -t cgroup2 cgroup2 "$here/cgroup"
    mkdir -p "$here/cgroup/vipprov/$LIBVIRT_LXC_NAME"
    echo $$ > "$here/cgroup/vipprov/$LIBVIRT_LXC_NAME/cgroup.procs"
    umount "$here/cgroup"
fi
for tree in dev proc sys; do mount --rbind "/$tree" "$here/root/$tree"; done
umount -R "$here/root/sys/fs/cgroup" || umount -l "$here/root/sys/fs/cgroup"
cd "$here/root"
pivot_root . mnt
umount -l /mnt
exec unshare -C sh -c '
    mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 /sys/fs/cgroup
    exec /sbin/init'
"""


def make_layer(layer: Path, seed: Seed) -> None:
    """Write the container's private files. The folder is for root alone: it holds the seed."""
    upper = layer / "upper"
    with storage.writing(layer):
        layer.mkdir(mode=0o700, parents=True, exist_ok=True)
        layer.chmod(0o700)
        # The overlay shows these folders in place of the image's: the guest's users pass them.
        above_seed = (upper / path for path in reversed(SEED.parents))
        for part in (layer / "work", layer / "root", layer / "cgroup", *above_seed):
            part.mkdir(exist_ok=True)
            part.chmod(0o755)
        wrapper = layer / "init"
        wrapper.write_text(WRAPPER)
        wrapper.chmod(0o755)
    folder.write(seed, upper / SEED)


def remove_layer(layer: Path) -> None:
    """Remove the container's private files, if there are any."""
    try:
        shutil.rmtree(layer)
    except FileNotFoundError:
        return
    except OSError as error:
        raise HypervisorError(
            f"Could not remove {layer}.", details=str(error), hint="Is something in it in use?"
        ) from error


def remove_cgroup(name: str, by: Deadline) -> None:
    """Remove the cgroup tree that the container's wrapper made, once its processes have left."""
    for mount in CGROUP_MOUNTS:
        group = mount / "vipprov" / name
        if group.is_dir():
            by.poll(lambda group=group: _gone(group), what=f"{group} to empty", every=0.05)  # type: ignore[misc]
            with suppress(OSError):  # other containers of ours are in it
                group.parent.rmdir()


def _gone(group: Path) -> bool | None:
    """Return True once the tree is removed, None while a process holds it."""
    folders = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True)
    try:
        for path in (*folders, group):
            path.rmdir()
    except FileNotFoundError:
        return not group.exists() or None
    except OSError:
        return None
    return True
