"""A libvirt session that dies before one of its changes, as if the process were killed there."""

from typing import Self

from vipprov.hv.bridge import Bridges, Flags
from vipprov.hv.libvirtd.session import Session

CHANGES = {
    "defineXML",
    "delete",
    "nwfilterBindingCreateXML",
    "nwfilterDefineXML",
    "setMetadata",
    "undefine",
}


class KilledError(BaseException):
    """The process is gone."""


class DyingSession(Session):
    """Dies before the change of this number; `changes` says how many it came to."""

    def __init__(self, uri: str, *, before: int) -> None:
        super().__init__(uri)
        self.changes = 0
        self._before = before

    def __enter__(self) -> Self:
        super().__enter__()
        self.connection = Mortal(self.connection, self)
        return self

    def count(self) -> None:
        self.changes += 1
        if self.changes == self._before:
            raise KilledError


class Mortal:
    """Anything of libvirt's."""

    def __init__(self, wrapped: object, session: DyingSession) -> None:
        self._wrapped = wrapped
        self._session = session

    def __getattr__(self, name: str) -> object:
        found = getattr(self._wrapped, name)
        if not callable(found):
            return found

        def call(*arguments: object) -> object:
            if name in CHANGES:
                self._session.count()
            result = found(*arguments)
            is_libvirts = type(result).__module__ == "libvirt"
            return Mortal(result, self._session) if is_libvirts else result

        return call


class DyingBridges(Bridges):
    """Dies with its session, before flags are changed."""

    def __init__(self, session: DyingSession) -> None:
        super().__init__()
        self._session = session

    def set_flags(self, device: str, wanted: Flags) -> None:
        self._session.count()
        super().set_flags(device, wanted)
