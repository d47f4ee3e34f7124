"""Debian 12 in its form as a disk: what a virtual machine needs beyond a container."""

from vipprov.hv.images import debian_12, stages
from vipprov.hv.images.recipe import DiskRecipe, ImageFile

# What a VM needs beyond: a kernel of its own, a way in for the hypervisor, and what its initrd is
# made of.
PACKAGES = ("busybox-static", "linux-image-cloud-amd64", "qemu-guest-agent")
# A VM's first boot has nothing to ask and nobody to ask it, its users are there, and nobody reads
# who was logged in when.
MASKED = (
    "systemd-firstboot.service",
    "systemd-sysusers.service",
    "systemd-update-utmp-runlevel.service",
    "systemd-update-utmp.service",
)

# Each of these programs runs at every boot and asks for what such a disk does not have: encrypted,
# verified and foreign partitions, hibernation, units that are named on the command line.
GENERATORS = (
    "systemd-cryptsetup-generator",
    "systemd-gpt-auto-generator",
    "systemd-hibernate-resume-generator",
    "systemd-integritysetup-generator",
    "systemd-run-generator",
    "systemd-system-update-generator",
    "systemd-veritysetup-generator",
)

# The agent is the only way in that needs no network: it comes before cloud-init, which may hang.
AGENT = """\
[Unit]
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target
"""
# The disk of a machine may be larger than that of its image.
MOUNTS = """\
/dev/vda / ext4 rw,noatime,x-systemd.growfs 0 0
"""
# Drivers that udev would load for devices that a VM has no use for.
NO_DRIVERS = """\
blacklist evdev
blacklist floppy
blacklist kvm_amd
blacklist kvm_intel
blacklist pcspkr
blacklist powernow_k8
blacklist psmouse
blacklist qemu_fw_cfg
blacklist serio_raw
"""
FILES = (
    ImageFile(path="etc/fstab", content=MOUNTS),
    ImageFile(path="etc/modprobe.d/90-vipprov.conf", content=NO_DRIVERS),
    ImageFile(path="etc/systemd/system/qemu-guest-agent.service.d/90-vipprov.conf", content=AGENT),
    *stages.files(),
)
# They lie beside the disk, or are of no use in a machine that the hypervisor starts directly.
REMOVED = ("boot/System.map-*", "boot/initrd.img-*", "initrd.img*", "vmlinuz*")

DISK = DiskRecipe(
    name=debian_12.NAME,
    suite=debian_12.SUITE,
    packages=(*debian_12.PACKAGES, *PACKAGES),
    excluded=debian_12.EXCLUDED,
    files=(*debian_12.FILES, *FILES),
    links=(
        *debian_12.LINKS,
        *((f"etc/systemd/system-generators/{name}", "/dev/null") for name in GENERATORS),
    ),
    folders=debian_12.FOLDERS,
    removed=(*debian_12.REMOVED, *REMOVED),
    enabled=debian_12.ENABLED,
    masked=tuple(sorted((*debian_12.MASKED, *MASKED))),
    drivers=("virtio_pci", "virtio_blk", "ext4"),
    cmdline="root=/dev/vda rw console=ttyS0 quiet",
    size=1 << 30,
)
