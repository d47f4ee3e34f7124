"""Addresses of hypervisors. They are never repeated in a message: a password may be in them."""

import re
from urllib.parse import SplitResult, urlsplit

from vipprov.guest.errors import SpecError
from vipprov.guest.pairfile.mistake import Mistaken, kind

DEFAULT = "lxc:///system"
_EXAMPLES = {
    "lxc": DEFAULT,
    "qemu": "qemu:///system",
    "test": "test:///default",
    "vsphere": "vsphere://user@vcenter.example/DC1",
}
URL = rf"({'|'.join(_EXAMPLES)})://\S*"
LONGEST = 256

# What machines are made on; the other is for tests.
_ALL = ", ".join(_EXAMPLES[scheme] for scheme in ("lxc", "qemu", "vsphere"))


def scheme(text: str) -> str:
    """Return the scheme of an address that may stand in a pair file; SpecError for any other."""
    try:
        return urlsplit(address(text)).scheme
    except Mistaken as mistake:
        raise SpecError(
            f"The address of the hypervisor cannot be used: {mistake.what}.",
            hint=f"{mistake.instead}.",
        ) from mistake


def address(value: object) -> str:
    """Return the URL of a hypervisor that has a known scheme and no password."""
    if not isinstance(value, str):
        raise Mistaken(f"must be a URL, not {kind(value)}", f"Write one of {_ALL}")
    scheme, separator, _ = value.partition("://")
    if scheme not in _EXAMPLES or not separator:
        raise Mistaken("this is no hypervisor that vipprov knows", f"Write one of {_ALL}")
    instead = f"Write {_EXAMPLES[scheme]}"
    if len(value) > LONGEST:
        raise Mistaken(f"{len(value)} characters are too many for a URL", instead)
    # Judged on the text, before it is taken apart: a password with a / in it ends the host for
    # urlsplit, and nothing of it may be believed or repeated.
    if re.search(r"://[^@]*:[^@]*@|[?&]passw", value, re.IGNORECASE):
        where = "; VIPPROV_VSPHERE_PASSWORD says where it is" if scheme == "vsphere" else ""
        raise Mistaken("a password may not stand in it", instead + where)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise Mistaken("this is no URL", instead) from error
    if not value.isprintable() or " " in value or parts.fragment:
        raise Mistaken("this is no URL", instead)
    _refuse_place(parts, instead)
    return value


def _refuse_place(parts: SplitResult, instead: str) -> None:
    match parts.scheme:
        case "vsphere" if not parts.hostname:
            raise Mistaken("the URL names no host", instead)
        case "vsphere" if parts.query:
            raise Mistaken("the URL has a query, which vSphere knows nothing of", instead)
        case "lxc" if parts.netloc or parts.path not in {"/", "/system"}:
            raise Mistaken("libvirt runs containers on this machine only", instead)
        case "qemu" if parts.netloc:
            raise Mistaken("VMs are made on this machine only", instead)
        case "qemu" if parts.path != "/system":  # those of /session may not use bridges
            raise Mistaken("the URL does not end in /system", instead)
        case "lxc" | "qemu" if parts.query:
            raise Mistaken("the URL has a query, and libvirt's own socket is used", instead)
        case "test" if not parts.path.strip("/"):
            raise Mistaken("the URL names no test machine", instead)
        case _:
            pass
