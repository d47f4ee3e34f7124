"""The kernel settings under which ARP for a virtual address is answered with its virtual MAC.

The article's list, of which `arp_announce` is what breaks a pair when it is left out: the server's
own ARP then tells everybody that the virtual address lives at the NIC's MAC.
"""

import re
from pathlib import PurePosixPath

from vipprov.guest.configuration import GuestFile
from vipprov.guest.errors import SpecError
from vipprov.guest.facts import kernel_key
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import Family, instances

# Of two files that name a key the one that sorts later wins, with systemd-sysctl and with
# `sysctl --system`. It has to sort after 99-sysctl.conf and after any 99-hardening.conf.
PATH = PurePosixPath("/etc/sysctl.d/99-zz-vipprov.conf")

# Both tools pass over the key of an interface that does not exist (yet).
APPLY = f"""\
for tool in /usr/lib/systemd/systemd-sysctl /lib/systemd/systemd-sysctl; do
    [ -x "$tool" ] && exec "$tool" {PATH}
done
exec sysctl -e -q -p {PATH}"""

RECENT = "drop_gratuitous_arp"
"""A setting that Linux has since 4.6, and without which a pair works as well."""

KEY = re.compile(r"[A-Za-z0-9_*][^\s=\x00-\x1f]*")


def file(pair: Pair, guest: Guest) -> GuestFile:
    """Return the file of settings; what the pair file says of a key wins over us."""
    lines = "".join(f"{key} = {value}\n" for key, value in _settings(pair, guest).values())
    head = f"# Written by vipprov for {guest.name}; it is replaced when the pair changes.\n"
    return GuestFile(path=PATH, content=head + lines)


def _settings(pair: Pair, guest: Guest) -> dict[str, tuple[str, str]]:
    """Return key and value by the path of the setting, in the order in which they are written."""
    settings: dict[str, tuple[str, str]] = {}
    for key, value in (*_article(pair, guest), *_unasked(pair, guest), *pair.sysctl):
        _refuse_unwritable(key, value)
        path = kernel_key(key)
        settings.pop(path, None)
        settings[path] = (key, value)
    return settings


def _article(pair: Pair, guest: Guest) -> tuple[tuple[str, str], ...]:
    # A hardening file's glob (`net.ipv4.conf.*.rp_filter = 1`) reaches a virtual MAC's interface
    # when udev sees it, after keepalived has set its own values. Explicit keys beat the glob.
    virtual = _virtual(pair, guest, Family.IPV4)
    return (
        (_key("all", "arp_ignore"), "1"),
        (_key("all", "arp_announce"), "2"),
        (_key("all", "rp_filter"), "0"),
        (_key(pair.interface, "rp_filter"), "0"),
        *((_key(link, "arp_ignore"), "1") for link in virtual),
        *((_key(link, "arp_announce"), "2") for link in virtual),
        *((_key(link, "rp_filter"), "0") for link in virtual),
    )


def _unasked(pair: Pair, guest: Guest) -> tuple[tuple[str, str], ...]:
    # keepalived's gratuitous ARP is a request for the very address that it announces. The kernel of
    # an owner that hangs answers it, and each answer takes the virtual MAC back for a moment.
    quiet = tuple((_key(link, RECENT), "1") for link in _virtual(pair, guest, Family.IPV4))
    # The kernel itself listens on a virtual MAC's interface, and one router advertisement would
    # give it an address and a default route.
    virtual = _virtual(pair, guest, Family.IPV6)
    return (*quiet, *((_key(link, "accept_ra", Family.IPV6), "0") for link in virtual))


def _virtual(pair: Pair, guest: Guest, family: Family) -> tuple[str, ...]:
    """Return the interfaces of virtual MACs of this family."""
    return tuple(
        instance.vmac_interface
        for instance in instances(pair, guest)
        if instance.family is family and instance.vmac_interface is not None
    )


def _key(link: str, setting: str, family: Family = Family.IPV4) -> str:
    """Return the key of a setting; a dot in the interface's name is written as a slash."""
    return f"net.ipv{family.value}.conf.{link.replace('.', '/')}.{setting}"


def _refuse_unwritable(key: str, value: str) -> None:
    if not KEY.fullmatch(key):
        raise SpecError(f"{key!r} is not the name of a sysctl.", hint="Write net.core.somaxconn.")
    if not value.strip() or not value.isprintable():
        raise SpecError(f"{value!r} is no value for the sysctl {key}.")
