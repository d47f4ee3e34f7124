"""The images that vipprov knows how to build, by name."""

from vipprov.guest.errors import MissingError
from vipprov.hv.images.recipe import ImageFile, Recipe

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

DEBIAN_12 = Recipe(
    name="debian-12",
    suite="bookworm",
    packages=(
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
    ),
    excluded=("/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*", "/usr/share/locale/*"),
    files=(
        ImageFile(path="etc/cloud/cloud.cfg.d/90-vipprov-datasource.cfg", content=DATA_SOURCE),
        ImageFile(path="etc/cloud/cloud.cfg.d/91-vipprov-modules.cfg", content=MODULES),
        ImageFile(path="etc/systemd/journald.conf.d/90-vipprov.conf", content=JOURNAL),
        # systemd takes this word for "first boot", and writes an id of its own.
        ImageFile(path="etc/machine-id", content="uninitialized\n", mode=0o444),
        # mmdebstrap leaves copies of this machine's own.
        ImageFile(path="etc/hostname", content="debian\n"),
    ),
    # Where networkd hands the name servers of the pair file to; it was a copy of this machine's.
    links=(("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf"),),
    folders=("var/lib/vipprov", "var/log/journal"),
    removed=(
        "etc/apt/apt.conf.d/99mmdebstrap",
        "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
        "etc/ssh/ssh_host_*",
        "var/cache/apt/*.bin",
        "var/cache/debconf/*-old",
        "var/lib/apt/lists/*_*",
        "var/lib/dpkg/*-old",
        "var/log/apt/*",
        "var/log/*.log",
    ),
    # Debian leaves networkd to the administrator; without it the NIC stays down.
    enabled=("systemd-networkd.service",),
    # Each of these costs boot time, and none has work to do in a short-lived container: other
    # kernels' file systems and modules, clocks, terminals, disks, and package checks by timer.
    masked=(
        "apt-daily-upgrade.timer",
        "apt-daily.timer",
        "cloud-init-hotplugd.socket",
        "console-getty.service",
        "dev-hugepages.mount",
        "dpkg-db-backup.timer",
        "e2scrub_all.timer",
        "e2scrub_reap.service",
        "fstrim.timer",
        "getty-static.service",
        "getty@tty1.service",
        "kmod-static-nodes.service",
        "modprobe@.service",
        "proc-sys-fs-binfmt_misc.automount",
        "sys-fs-fuse-connections.mount",
        "sys-kernel-config.mount",
        "sys-kernel-debug.mount",
        "sys-kernel-tracing.mount",
        "systemd-binfmt.service",
        "systemd-networkd-wait-online.service",
        "systemd-pstore.service",
        "systemd-remount-fs.service",
        "systemd-timesyncd.service",
        "systemd-udev-trigger.service",
        "systemd-udevd-control.socket",
        "systemd-udevd-kernel.socket",
        "systemd-udevd.service",
    ),
)

RECIPES = (DEBIAN_12,)


def names() -> tuple[str, ...]:
    """Return the names that `image build` takes."""
    return tuple(recipe.name for recipe in RECIPES)


def recipe(name: str) -> Recipe:
    """Return the recipe of this name, or raise MissingError."""
    for known in RECIPES:
        if known.name == name:
            return known
    raise MissingError(
        f"There is no image called {name!r}.",
        hint=f"Known are {', '.join(names())}; the path of a folder tree is taken as well.",
    )
