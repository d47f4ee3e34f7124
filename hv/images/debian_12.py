"""Debian 12: what it consists of, and its form as a folder tree for containers."""

from vipprov.hv.images.recipe import ImageFile, Recipe

NAME = "debian-12"
SUITE = "bookworm"
PACKAGES = (
    "ca-certificates",
    "cloud-init",
    "dbus",
    "iproute2",
    "iputils-ping",
    "keepalived",
    "kmod",
    "netbase",
    "openssh-server",
    "procps",
    "sudo",
    "systemd",
    "systemd-resolved",
    "systemd-sysv",
    "udev",
)
EXCLUDED = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*", "/usr/share/locale/*")

# One line each: ds-identify, a shell script, reads no YAML lists that span lines.
DATA_SOURCE = """\
datasource_list: [NoCloud]
"""

# Debian's list without what a container cannot do (disks, mounts, boot loader), what fails here
# (locale), what belongs to other distributions, and keys-to-console, which is slow for no reader.
# Whatever else a user's own cloud-config may ask for is there.
MODULES = """\
system_info: {network: {renderers: [networkd]}}
ssh_genkeytypes: [ed25519]
cloud_init_modules:
- seed_random
- bootcmd
- write-files
- set_hostname
- update_hostname
- update_etc_hosts
- ca-certs
- rsyslog
- users-groups
- ssh
cloud_config_modules:
- ssh-import-id
- keyboard
- set-passwords
- apt-pipelining
- apt-configure
- ntp
- timezone
- runcmd
cloud_final_modules:
- package-update-upgrade-install
- write-files-deferred
- puppet
- chef
- mcollective
- salt-minion
- scripts-vendor
- scripts-per-once
- scripts-per-boot
- scripts-per-instance
- scripts-user
- ssh-authkey-fingerprints
- phone-home
- final-message
- power-state-change
"""

# A history of fail-overs must outlive a reboot; a talkative guest must not fill the host.
JOURNAL = """\
[Journal]
Storage=persistent
SystemMaxUse=64M
"""

FILES = (
    ImageFile(path="etc/cloud/cloud.cfg.d/90-vipprov-datasource.cfg", content=DATA_SOURCE),
    ImageFile(path="etc/cloud/cloud.cfg.d/91-vipprov-modules.cfg", content=MODULES),
    ImageFile(path="etc/systemd/journald.conf.d/90-vipprov.conf", content=JOURNAL),
    # systemd takes this word for "first boot", and writes an id of its own.
    ImageFile(path="etc/machine-id", content="uninitialized\n", mode=0o444),
    # mmdebstrap leaves copies of this machine's own.
    ImageFile(path="etc/hostname", content="debian\n"),
)

# Where networkd hands the name servers of the pair file to; it was a copy of this machine's.
LINKS = (("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf"),)
FOLDERS = ("var/lib/vipprov", "var/log/journal")
REMOVED = (
    "etc/apt/apt.conf.d/99mmdebstrap",
    "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
    "etc/ssh/ssh_host_*",
    "var/cache/apt/*.bin",
    "var/cache/debconf/*-old",
    "var/lib/apt/lists/*_*",
    "var/lib/dpkg/*-old",
    "var/log/apt/*",
    "var/log/*.log",
)
# Debian leaves networkd to the administrator; without it the NIC stays down.
ENABLED = ("systemd-networkd.service",)
# Each of these costs boot time, and none has work to do in a short-lived guest: other kernels'
# file systems and modules, clocks, terminals, and package checks by timer.
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "cloud-init-hotplugd.socket",
    "dev-hugepages.mount",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "modprobe@.service",
    "proc-sys-fs-binfmt_misc.automount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-networkd-wait-online.service",
    "systemd-pstore.service",
    "systemd-timesyncd.service",
)
# A container has no devices and no disks of its own.
MASKED_IN_CONTAINERS = (
    "console-getty.service",
    "getty-static.service",
    "kmod-static-nodes.service",
    "systemd-remount-fs.service",
    "systemd-udev-trigger.service",
    "systemd-udevd-control.socket",
    "systemd-udevd-kernel.socket",
    "systemd-udevd.service",
)
TREE = Recipe(
    name=NAME,
    suite=SUITE,
    packages=PACKAGES,
    excluded=EXCLUDED,
    files=FILES,
    links=LINKS,
    folders=FOLDERS,
    removed=REMOVED,
    enabled=ENABLED,
    masked=tuple(sorted((*MASKED, *MASKED_IN_CONTAINERS))),
)
