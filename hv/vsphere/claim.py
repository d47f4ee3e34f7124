"""Claims as machines that never start: a name that is taken in a folder is refused, atomically."""

from contextlib import suppress
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.hv import holdertext
from vipprov.hv.claim import Holder
from vipprov.hv.vsphere import collect, extra, place, tasks
from vipprov.hv.vsphere.find import CLAIM
from vipprov.hv.vsphere.session import Session


class VsphereClaims:
    """Claims in the folder that machines are made in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, pair: str, holder: Holder) -> Holder | None:
        where = place.anywhere(self._session)
        config = vim.vm.ConfigSpec(
            name=f"{pair}{CLAIM}",
            annotation=f"A run of vipprov works on the pair {pair}. It goes with that run.",
            guestId="otherGuest64",
            numCPUs=1,
            memoryMB=4,
            files=vim.vm.FileInfo(vmPathName=f"[{where.datastore}]"),
            extraConfig=extra.options({extra.CLAIM: holdertext.dump(holder)}),
        )
        for last in (False, True):
            try:
                tasks.run(
                    self._session,
                    f"claim {pair}",
                    lambda: where.folder.CreateVM_Task(config, where.pool),
                )
            except HypervisorError:
                if (found := self._held(pair)) is not None:
                    return None if found[0].id == holder.id else found[0]
                if last:  # nobody holds it, so it was not for a claim that vSphere refused
                    raise
            else:
                return None
        return None

    def drop(self, pair: str, holder: Holder) -> None:
        found = self._held(pair)
        if found is None or found[0].id != holder.id:
            return
        # By its reference, so that a claim that somebody else took meanwhile stays.
        machine = found[1]
        with suppress(MissingError):
            tasks.run(self._session, f"let go of {pair}", machine.Destroy_Task)

    def _held(self, pair: str) -> tuple[Holder, Any] | None:
        folder = place.of_datacenter(self._session)
        index = self._session.content.searchIndex
        found = self._session.call(
            f"look who holds {pair}", lambda: index.FindChild(folder, f"{pair}{CLAIM}")
        )
        if found is None:
            return None
        try:
            (read,) = collect.these(
                self._session, vim.VirtualMachine, [found], ["config.extraConfig"]
            )
        except MissingError:
            return None
        text = extra.values(read["config.extraConfig"]).get(extra.CLAIM, "")
        of = f"{pair}{CLAIM}"
        return holdertext.load(text, of=of, remedy=f"remove {of} by hand"), found
