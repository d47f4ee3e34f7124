"""Names: of pairs, guests, port groups, places, interfaces, images and kernel settings."""

import re

from vipprov.guest.pairfile.mistake import Mistaken, kind, shown

LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
SYSCTL = r"[a-z0-9_-]+(\.[A-Za-z0-9_:-]+(/[A-Za-z0-9_:-]+)*)+"
LONGEST_PORT_GROUP = 80  # vSphere's limit
LONGEST_INTERFACE = 15  # the kernel's: IFNAMSIZ less the NUL
LONGEST_VALUE = 256


def pair(value: object) -> str:
    """Return the name of a pair; guests, filters and marks carry it, so it is short."""
    return _label(value, longest=32, example="web")


def guest(value: object) -> str:
    """Return the name of a guest, which is a host name and a domain name of the hypervisor."""
    name = _label(value, longest=63, example="web-1")
    if name.isdecimal():
        what = f"{name} is a number, which libvirt takes for a domain id"
        raise Mistaken(what, f"Write a name with a letter, such as guest-{name}")
    return name


def port_group(value: object) -> str:
    """Return the name of a port group, libvirt network or bridge."""
    name = text(value, example="leaf1")
    if len(name) > LONGEST_PORT_GROUP:
        what = f"{len(name)} characters are too many for a port group"
        raise Mistaken(what, f"Write a name of at most {LONGEST_PORT_GROUP}")
    if "/" in name or "\\" in name:
        raise Mistaken(f"{shown(name)} holds a slash", "Write the name alone, without a path")
    return name


def interface(value: object) -> str:
    """Return the name of the NIC in the guest that the virtual MAC sits on."""
    name = text(value, example="eth0")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name) or len(name) > LONGEST_INTERFACE:
        what = f"{shown(name)} cannot name an interface"
        raise Mistaken(what, f"Write letters and digits, at most {LONGEST_INTERFACE}: eth0")
    if name in {"lo", "all", "default"}:
        raise Mistaken(f"{name} is not a NIC", "Write the NIC on the vIP's network: eth0")
    return name


def track(value: object) -> str:
    """Return the name of a track script."""
    name = text(value, example="haproxy")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,31}", name):
        what = f"{shown(name)} cannot name a track script"
        raise Mistaken(what, "Begin with a letter; letters, digits, - and _, at most 32: haproxy")
    return name


def inventory(value: object) -> str:
    """Return the name of an object of vSphere's inventory, or a path that ends in it."""
    name = text(value, example="Production")
    parts = name.removeprefix("/").split("/")
    if not all(part.strip() for part in parts):
        raise Mistaken(
            f"{shown(name)} has an empty name in it",
            "Write a name, or a path such as /DC1/vm/Production",
        )
    return name


def image(value: object) -> str:
    """Return a catalogue name, a path or the name of a template."""
    return text(value, example="debian-12")


def path(value: object) -> str:
    """Return the path of a file; ~/ is one's own home."""
    name = text(value, example="user.yaml")
    if name.startswith("~") and not name.startswith("~/"):
        what = "~ with the name of a user is not understood"
        raise Mistaken(what, "Write ~/ for your own home, or the whole path")
    return name


def sysctl_key(value: object) -> str:
    """Return the name of a kernel setting, with dots between its parts."""
    name = text(value, example="net.ipv4.ip_forward")
    if not re.fullmatch(SYSCTL, name) or len(name) > LONGEST_VALUE:
        what = f"{shown(name)} cannot name a kernel setting"
        raise Mistaken(
            what, "Write it with dots: net.ipv4.ip_forward, net.ipv4.conf.vrrp/50.log_martians"
        )
    return name


def sysctl_value(value: object) -> str:
    """Return the value of a kernel setting as the text that is written to it."""
    match value:
        case bool() | float():
            what = f"must be a whole number or text, not {kind(value)}"
            raise Mistaken(what, "Write 1 or 0, or text in quotes")
        case int():
            return str(value)
        case _:
            return text(value, example="1")


def text(value: object, *, example: str) -> str:
    """Return one line of visible text without blanks around it."""
    match value:
        case str():
            pass
        case int() | float() if not isinstance(value, bool):
            raise Mistaken(
                f"must be text, not the number {value}", f'Write it in quotes: "{value}"'
            )
        case _:
            raise Mistaken(f"must be text, not {kind(value)}", f"Write text, such as {example}")
    if not value or value != value.strip():
        what = "must not be empty" if not value.strip() else f"{shown(value)} has blanks around it"
        raise Mistaken(what, f"Write text without blanks around it, such as {example}")
    if not value.isprintable():
        what = f"{shown(value)} holds invisible characters"
        raise Mistaken(what, f"Write one line of visible text, such as {example}")
    if len(value) > LONGEST_VALUE:
        what = f"{len(value)} characters are too many"
        raise Mistaken(what, f"Write at most {LONGEST_VALUE}")
    return value


def _label(value: object, *, longest: int, example: str) -> str:
    name = text(value, example=example)
    if len(name) > longest:
        what = f"{len(name)} characters are too many for this name"
        raise Mistaken(what, f"Write at most {longest}")
    if not re.fullmatch(LABEL, name):
        what = f"{shown(name)} is no host name"
        raise Mistaken(what, f"Write {_label_like(name, longest) or example}")
    return name


def _label_like(name: str, longest: int) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:longest].strip("-")
