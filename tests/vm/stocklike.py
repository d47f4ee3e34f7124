"""A disk like the one that Debian publishes for clouds, made of the same packages.

The maker's own file cannot be downloaded everywhere. This one has its partition table, boot loader,
kernel, initrd, network renderer and cloud-init, and none of what our own disk is tuned with. It
has no partition for EFI: it is started by a BIOS. Nothing is mounted for it.
"""

import hashlib
import inspect
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import storage
from vipprov.hv.images import sources, tree, workshop
from vipprov.hv.images.program import run
from vipprov.hv.images.recipe import ImageFile, Recipe
from vm import bootable

BUILD_TIME = timedelta(minutes=12)
SUITE = "bookworm"
# What the recipes of Debian's cloud team install for `genericcloud`; what is left out of them is
# only good for people (man-db, vim, reportbug and the like).
PACKAGES = (
    *("apparmor", "apt-utils", "bash-completion", "ca-certificates", "cloud-guest-utils"),
    *("cloud-init", "cloud-initramfs-growroot", "curl", "dbus", "ethtool", "grub-cloud-amd64"),
    *("init", "iptables", "iputils-ping", "kmod", "less", "libnss-myhostname", "libpam-systemd"),
    *("linux-image-cloud-amd64", "nano", "netbase", "netplan.io", "openssh-server", "pciutils"),
    *("polkitd", "procps", "psmisc", "python3-pkg-resources", "socat", "ssh-import-id", "sudo"),
    *("systemd-resolved", "systemd-sysv", "systemd-timesyncd", "tcpdump", "traceroute", "udev"),
    *("unattended-upgrades", "uuid-runtime", "vim-tiny", "whiptail", "xz-utils", "zstd"),
)
# Its first boot needs a network before cloud-init has said which one.
NETPLAN = """\
network:
    version: 2
    ethernets:
        all-en:
            match:
                name: en*
            dhcp4: true
            dhcp4-overrides:
                use-domains: true
            dhcp6: true
            dhcp6-overrides:
                use-domains: true
        all-eth:
            match:
                name: eth*
            dhcp4: true
            dhcp4-overrides:
                use-domains: true
            dhcp6: true
            dhcp6-overrides:
                use-domains: true
"""
MOUNTS = f"""\
PARTUUID={bootable.ROOT_PARTITION} / ext4 rw,discard,errors=remount-ro,x-systemd.growfs 0 1
"""
RECIPE = Recipe(
    name="stocklike",
    suite=SUITE,
    packages=PACKAGES,
    excluded=(),
    files=(
        ImageFile(path="etc/fstab", content=MOUNTS),
        ImageFile(path="etc/hostname", content="localhost\n"),
        ImageFile(path="etc/machine-id", content="", mode=0o444),
        ImageFile(path="etc/netplan/90-default.yaml", content=NETPLAN, mode=0o600),
    ),
    links=(("etc/resolv.conf", "/run/systemd/resolve/resolv.conf"),),
    folders=(),
    removed=(
        "etc/apt/apt.conf.d/99mmdebstrap",
        "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
        tree.EXCLUSION,
        "etc/ssh/ssh_host_*",
        "var/lib/apt/lists/*_*",
        "var/log/*.log",
    ),
    enabled=("systemd-resolved.service",),
    masked=(),
)


def disk() -> Path:
    """Return the disk, built now unless it is there: beside the images, hidden from their list."""
    text = sources.for_suite(SUITE, codename=SUITE)
    parts = (RECIPE.digest, text, inspect.getsource(bootable))
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    home = storage.images() / f".stocklike-{digest[:12]}"
    made = home / "disk.qcow2"
    by = Deadline.after(BUILD_TIME.total_seconds(), clock=SystemClock())
    home.parent.mkdir(parents=True, exist_ok=True)
    with workshop.alone(home.parent, _silent, by):
        if not made.exists():
            partial = home.parent / f"{workshop.PARTIAL}{home.name}"
            shutil.rmtree(partial, ignore_errors=True)
            _build(partial, text, by)
            partial.rename(home)
    return made


def _build(folder: Path, sources_text: str, by: Deadline) -> None:
    root, scratch, log = folder / "tree", folder / "scratch", folder / "build.log"
    cache = folder.parent / ".archives" / SUITE
    for one in (cache, root, scratch):
        one.mkdir(parents=True, exist_ok=True)
    list_file = folder / f"{SUITE}.sources"
    list_file.write_text(sources_text)
    argv = tree.command(RECIPE, tree=root, sources=list_file, cache=cache, scratch=scratch)
    code = run(argv, log=log, on_line=_silent, by=by)
    assert code == 0, log.read_text(errors="replace")[-2000:]
    tree.finish(RECIPE, root)
    raw = folder / "disk.raw"
    bootable.make(root, raw)
    qcow2 = folder / "disk.qcow2"
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2], check=True)
    qcow2.chmod(0o444)
    raw.unlink()
    shutil.rmtree(root)
    shutil.rmtree(scratch)


def _silent(line: str) -> None:
    """Leave the line to the log."""
