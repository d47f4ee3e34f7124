"""One session with a vCenter or an ESXi host, every call with a deadline."""

import ssl
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from pyVmomi import SoapStubAdapter, vim

from vipprov.guest import undo
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, MissingError
from vipprov.hv import bounded
from vipprov.hv.vsphere import apiversion, tls
from vipprov.hv.vsphere.access import Access
from vipprov.hv.vsphere.faults import translated

CALL_SECONDS = 120.0
TIDYING_SECONDS = 10.0
MAC_MANAGEMENT = (6, 7)

Result = TypeVar("Result")


class Session:
    """A session that is open for as long as the block lasts.

    `content` is what the server offers, `root` the datacenter of the address, or all there is. A
    session that the server ended is opened again, once for each call. `context` is the TLS of all
    that is asked over this session.
    """

    content: Any
    root: Any
    context: ssl.SSLContext
    _stub: Any
    version: tuple[int, ...]

    def __init__(self, access: Access, *, by: Deadline) -> None:
        self.access = access
        self.by = by
        self.content = self._stub = None
        self._logins = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        try:
            self.call(f"connect to {self.access}", self._connect)
            doing = f"log in to {self.access} as {self.access.user}"
            self.call(doing, partial(self._log_in, after=0))
            self.root = self._datacenter()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    @property
    def has_mac_management(self) -> bool:
        """Say whether MAC learning can be asked for: pyVmomi drops it silently if not."""
        return self.version >= MAC_MANAGEMENT

    @property
    def is_vcenter(self) -> bool:
        """Say whether this is a vCenter: a host alone has no custom attributes, and clones not."""
        return self.content.customFieldsManager is not None

    @property
    def patience(self) -> Deadline:
        """Return the deadline of the command; what tidies up after it has a short one."""
        if self.by.remaining:
            return self.by
        return Deadline.after(TIDYING_SECONDS, clock=self.by.clock)

    def reference(self, kind: Any, key: str) -> Any:  # noqa: ANN401  of the SDK, for its adapters
        """Return the object that has this key; whether it is still there is not asked."""
        return kind(key, self._stub)

    def call(self, doing: str, function: Callable[[], Result]) -> Result:
        """Return what the function returns, or raise our error when it fails or takes too long."""
        patience = min(CALL_SECONDS, self.patience.remaining)

        def again() -> Result:
            before = self._logins
            try:
                return function()
            except vim.fault.NotAuthenticated:
                if self.content is None:  # it is not a session that has ended
                    raise
                self._log_in(after=before)
                return function()

        try:
            with translated(doing):
                return bounded.call(again, named=doing, seconds=patience)
        except bounded.OvertimeError as error:
            raise DeadlineError(
                f"Could not {doing}: {self.access} did not answer within {patience:.3g} s.",
                hint="Is the server busy, or the network between?",
            ) from error

    def _connect(self) -> None:
        context = self.context = tls.context(self.access, seconds=TIDYING_SECONDS)
        chosen = apiversion.negotiate(self.access, context, seconds=TIDYING_SECONDS)
        self.version = chosen.numbers
        self._stub = SoapStubAdapter(
            host=self.access.host,
            port=self.access.port,
            version=chosen.name,
            sslContext=context,
            httpConnectionTimeout=CALL_SECONDS,
        )
        self.content = vim.ServiceInstance("ServiceInstance", self._stub).RetrieveContent()

    def _log_in(self, *, after: int) -> None:
        """Log in, unless another thread has done so since: who is logged in is refused."""
        with self._lock:
            if self._logins == after:
                manager = self.content.sessionManager
                manager.Login(self.access.user, self.access.password, None)
                self._logins += 1

    def _leave(self) -> None:
        """Say good-bye; a server that forgets us by itself is no failure of the command."""
        if self.content is not None:
            undo.caught(lambda: self.call(f"leave {self.access}", self._log_out))
        if self._stub is not None:
            # A call that was given up may yet end, and must not leave its connection open.
            self._stub.poolSize = 0
            self._stub.DropConnections()

    def _log_out(self) -> None:
        self.content.sessionManager.Logout()

    def _datacenter(self) -> Any:  # noqa: ANN401  an object of the SDK stays in its corner
        wanted, content = self.access.datacenter, self.content
        if not wanted:
            return content.rootFolder
        found = self.call(
            f"find the datacenter {wanted}",
            lambda: content.searchIndex.FindByInventoryPath(wanted),
        )
        if isinstance(found, vim.Datacenter):
            return found
        raise MissingError(
            f"{self.access} has no datacenter {wanted}.",
            details=f"It has: {', '.join(self.call('list the datacenters', self._datacenters))}.",
            hint="Write its path in the address, with folders: vsphere://user@host/FOLDER/DC1.",
        )

    def _datacenters(self) -> list[str]:
        """Return what is at the top, as it is written in an address: folders too."""
        return [str(one.name) for one in self.content.rootFolder.childEntity]
