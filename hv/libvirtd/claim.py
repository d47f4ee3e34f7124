"""Claims as libvirt domains that never start: defining a name that is taken fails, atomically."""

from contextlib import suppress
from dataclasses import replace

import libvirt

from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.hv import holdertext
from vipprov.hv.claim import Holder
from vipprov.hv.libvirtd import domain_xml, metadata
from vipprov.hv.libvirtd.session import DEFINE_SECONDS, Session

KEY = "claim"


class DomainClaims:
    """Claims on one libvirt connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, pair: str, holder: Holder) -> Holder | None:
        text = domain_xml.claim(
            self._session.connection.getType().lower(),
            name=name(pair),
            uuid=holder.id,
            holder=holdertext.dump(holder),
        )
        for last in (False, True):
            try:
                self._session.call(
                    f"claim {pair}",
                    lambda: self._session.connection.defineXML(text),
                    seconds=DEFINE_SECONDS,
                )
            except HypervisorError:
                if (other := self._holder(pair)) is not None:
                    return None if other.id == holder.id else other
                if last:  # nobody holds it, so it was not for a claim that libvirt refused
                    raise
            else:
                return None
        return None

    def drop(self, pair: str, holder: Holder) -> None:
        def act() -> None:
            # By UUID, so that a claim that somebody else took meanwhile stays.
            self._session.connection.lookupByUUIDString(holder.id).undefine()

        with suppress(MissingError):
            self._session.call(f"let go of {pair}", act)

    def _holder(self, pair: str) -> Holder | None:
        def read() -> tuple[str, str | None]:
            domain = self._session.connection.lookupByName(name(pair))
            return domain.UUIDString(), metadata.read(domain, KEY)

        try:
            uuid, text = self._session.call(f"look who holds {pair}", read)
        except MissingError:
            return None
        if text is None:
            return None
        remedy = f"`virsh undefine {name(pair)}` removes it"
        return replace(holdertext.load(text, of=f"on {pair}", remedy=remedy), id=uuid)


def name(pair: str) -> str:
    """Return the name of the domain that stands for the claim on a pair."""
    return f"{pair}.vipprov-claim"


def is_claim(domain: libvirt.virDomain) -> bool:
    """Say whether this domain is a claim rather than a machine."""
    return str(domain.name()).endswith(".vipprov-claim")
