"""One session with a vCenter or an ESXi host, every call with a deadline."""

import ssl
from collections.abc import Callable
from http.client import HTTPSConnection
from types import TracebackType
from typing import Any, Self, TypeVar
from xml.etree import ElementTree as ET

from pyVmomi import SoapStubAdapter, VmomiSupport, vim

from vipprov.guest import undo
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError
from vipprov.hv import bounded
from vipprov.hv.vsphere import tls
from vipprov.hv.vsphere.access import Access
from vipprov.hv.vsphere.faults import translated

CALL_SECONDS = 120.0
TIDYING_SECONDS = 10.0
OLDEST = (6, 5)
MAC_MANAGEMENT = (6, 7)

Result = TypeVar("Result")


class Session:
    """A session that is open for as long as the block lasts.

    `content` is what the server offers, `root` the datacenter of the address, or all there is. A
    session that the server ended is opened again, once for each call.
    """

    content: Any
    root: Any
    version: tuple[int, ...]

    def __init__(self, access: Access, *, by: Deadline) -> None:
        self._access = access
        self.by = by

    def __enter__(self) -> Self:
        self.call(f"connect to {self._access}", self._connect)
        self.call(f"log in to {self._access} as {self._access.user}", self._log_in)
        try:
            self.root = self._datacenter()
        except BaseException:
            undo.caught(self._leave)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The work is done: a server that forgets us by itself is no failure of the command.
        undo.caught(self._leave)

    @property
    def has_mac_management(self) -> bool:
        """Say whether MAC learning can be asked for: pyVmomi drops it silently if not."""
        return self.version >= MAC_MANAGEMENT

    def reference(self, kind: Any, key: str) -> Any:  # noqa: ANN401  of the SDK, for its adapters
        """Return the object that has this key; whether it is still there is not asked."""
        return kind(key, self.root._stub)  # noqa: SLF001  pyVmomi has no public name for it

    def call(self, doing: str, function: Callable[[], Result]) -> Result:
        """Return what the function returns, or raise our error when it fails or takes too long."""
        patience = min(CALL_SECONDS, self.by.remaining or TIDYING_SECONDS)

        def again() -> Result:
            try:
                return function()
            except vim.fault.NotAuthenticated:
                self._log_in()
                return function()

        try:
            with translated(doing):
                return bounded.call(again, named=doing, seconds=patience)
        except bounded.OvertimeError as error:
            raise DeadlineError(
                f"Could not {doing}: {self._access} did not answer within {patience:.3g} s.",
                hint="Is the server busy, or the network between?",
            ) from error

    def _connect(self) -> None:
        context = tls.context(self._access, seconds=TIDYING_SECONDS)
        offered = _offered(self._access, context)
        spoken = [
            version
            for version in VmomiSupport.GetServiceVersions("vim25")
            if VmomiSupport.versionIdMap[version] in offered
            and _numbers(VmomiSupport.versionIdMap[version])
        ]
        self.version = _numbers(VmomiSupport.versionIdMap[spoken[0]]) if spoken else (0,)
        if self.version < OLDEST:
            raise HypervisorError(
                f"{self._access} speaks no API version that vipprov does.",
                details=f"offered: {', '.join(offered) or 'none'}",
                hint="The oldest that can be read is 6.5; MAC learning came with 6.7.",
            )
        stub = SoapStubAdapter(
            host=self._access.host,
            port=self._access.port,
            version=spoken[0],
            sslContext=context,
            httpConnectionTimeout=CALL_SECONDS,
        )
        self.content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()

    def _log_in(self) -> None:
        self.content.sessionManager.Login(self._access.user, self._access.password, None)

    def _leave(self) -> None:
        self.call(f"leave {self._access}", self.content.sessionManager.Logout)

    def _datacenter(self) -> Any:  # noqa: ANN401  an object of the SDK stays in its corner
        wanted, content = self._access.datacenter, self.content
        if not wanted:
            return content.rootFolder
        found = self.call(
            f"find the datacenter {wanted}",
            lambda: content.searchIndex.FindByInventoryPath(wanted),
        )
        if isinstance(found, vim.Datacenter):
            return found
        raise MissingError(
            f"{self._access} has no datacenter {wanted}.",
            hint="Write its path in the address, with folders: vsphere://user@host/FOLDER/DC1.",
        )


def _offered(access: Access, context: ssl.SSLContext) -> tuple[str, ...]:
    """Return the API versions that the server says it speaks."""
    connection = HTTPSConnection(
        access.host,
        access.port,
        context=context,
        timeout=TIDYING_SECONDS,
    )
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


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
