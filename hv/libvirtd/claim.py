"""Claims as libvirt domains that never start: defining a name that is taken fails, atomically."""

import json
from contextlib import suppress
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import libvirt

from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.hv.claim import Holder
from vipprov.hv.libvirtd import domain_xml, metadata
from vipprov.hv.libvirtd.session import Session

KEY = "claim"


class DomainClaims:
    """Claims on one libvirt connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, pair: str, holder: Holder) -> Holder | None:
        text = domain_xml.claim(
            self._session.connection.getType().lower(),
            name=name(pair),
            uuid=_uuid(holder),
            holder=_dump(holder),
        )
        for last in (False, True):
            try:
                self._session.call(
                    f"claim {pair}", lambda: self._session.connection.defineXML(text)
                )
            except HypervisorError:
                if (other := self._holder(pair)) is not None:
                    return None if other == holder else other
                if last:  # nobody holds it, so it was not for a claim that libvirt refused
                    raise
            else:
                return None
        return None

    def drop(self, pair: str, holder: Holder) -> None:
        def act() -> None:
            # By UUID, so that a claim that somebody else took meanwhile stays.
            self._session.connection.lookupByUUIDString(_uuid(holder)).undefine()

        with suppress(MissingError):
            self._session.call(f"let go of {pair}", act)

    def _holder(self, pair: str) -> Holder | None:
        def read() -> str | None:
            return metadata.read(self._session.connection.lookupByName(name(pair)), KEY)

        try:
            text = self._session.call(f"look who holds {pair}", read)
        except MissingError:
            return None
        return None if text is None else _load(text)


def name(pair: str) -> str:
    """Return the name of the domain that stands for the claim on a pair."""
    return f"{pair}.vipprov-claim"


def is_claim(domain: libvirt.virDomain) -> bool:
    """Say whether this domain is a claim rather than a machine."""
    return str(domain.name()).endswith(".vipprov-claim")


def _uuid(holder: Holder) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:vipprov:claim:{_dump(holder)}"))


def _dump(holder: Holder) -> str:
    return json.dumps(
        {
            "host": holder.host,
            "boot": holder.boot,
            "process": holder.process,
            "started": holder.started,
            "expires": holder.expires.isoformat(),
        }
    )


def _load(text: str) -> Holder:
    try:
        table = json.loads(text)
        return Holder(
            host=str(table["host"]),
            boot=str(table["boot"]),
            process=int(table["process"]),
            started=str(table["started"]),
            expires=datetime.fromisoformat(table["expires"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HypervisorError(
            "The claim on the pair cannot be read.", details=repr(error)
        ) from error
