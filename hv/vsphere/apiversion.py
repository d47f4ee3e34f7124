"""The version of the API that both sides speak.

It matters: of what a version does not know, pyVmomi drops a part in silence.
"""

import ssl
from dataclasses import dataclass
from http.client import HTTPSConnection
from xml.etree import ElementTree as ET

from pyVmomi import VmomiSupport

from vipprov.guest.errors import HypervisorError
from vipprov.hv.vsphere.access import Access

OLDEST = (6, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiVersion:
    """A version, by pyVmomi's name for it and by its numbers."""

    name: str
    numbers: tuple[int, ...]


def negotiate(access: Access, context: ssl.SSLContext, *, seconds: float) -> ApiVersion:
    """Return the newest version that the server offers and pyVmomi speaks."""
    offered = _offered(access, context, seconds)
    for name in VmomiSupport.GetServiceVersions("vim25"):
        text = VmomiSupport.versionIdMap[name]
        if text in offered and (parsed := numbers(text)) >= OLDEST:
            return ApiVersion(name=name, numbers=parsed)
    raise HypervisorError(
        f"{access} speaks no API version that vipprov does.",
        details=f"offered: {', '.join(offered) or 'none'}",
        hint="The oldest that can be read is 6.5; MAC learning came with 6.7.",
    )


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to be compared; of what is none, nothing."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _offered(access: Access, context: ssl.SSLContext, seconds: float) -> tuple[str, ...]:
    connection = HTTPSConnection(access.host, access.port, context=context, timeout=seconds)
    try:
        connection.request("GET", "/sdk/vimServiceVersions.xml")
        text = connection.getresponse().read()
    finally:
        connection.close()
    try:
        document = ET.fromstring(text)  # noqa: S314  from the server that was verified
    except ET.ParseError:
        return ()
    return tuple(filter(None, (version.text for version in document.iter("version"))))
