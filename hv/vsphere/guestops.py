"""Commands in a guest by guest operations: VMware Tools start them, as root with its password.

vSphere passes on neither input nor output. A wrapper in the guest bounds the time, for Tools end
nothing that they have started, and leaves exit code and output in one file, which is fetched.
"""

import shlex
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pyVmomi import vim

from vipprov.cloudinit import secret
from vipprov.guest import pairfile
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.hv.machine import Completed
from vipprov.hv.vsphere import collect, extra, guestfile, guestwords, machineread
from vipprov.hv.vsphere.session import Session

POLL_SECONDS: Final = 0.1
MARGIN_SECONDS: Final = 1.0


class GuestOperations:
    """What VMware Tools do in the guests of one session."""

    def __init__(self, session: Session, environment: Mapping[str, str]) -> None:
        self._session = session
        self._environment = environment
        self._logins: dict[str, Any] = {}
        self._managers: tuple[Any, Any] | None = None
        self._lock = threading.Lock()

    def run(
        self,
        name: str,
        machine: Any,  # noqa: ANN401  the SDK's own type
        argv: Sequence[str],
        *,
        by: Deadline,
        stdin: bytes = b"",
    ) -> Completed:
        """Run a command to its end; at the deadline it is killed with all that it has started."""
        if by.remaining <= 0:
            raise DeadlineError(f"There is no time left to run a command in {name}.")
        login = self._login(name, machine)
        processes, files = self._manager()
        at = f"{guestwords.FOLDER}/vipprov-{uuid4().hex}"
        if stdin:
            guestfile.put(self._session, files, (machine, login), f"{at}.in", stdin)
        # The margin lets our own deadline pass first.
        words = (
            "-c",
            guestwords.WRAPPER,
            "vipprov",
            at,
            f"{by.remaining + MARGIN_SECONDS:.3f}",
            *argv,
        )
        spec = vim.vm.guest.ProcessManager.ProgramSpec(
            programPath="/bin/sh",
            arguments=shlex.join(words),
            envVariables=list(guestwords.ENVIRONMENT),
        )

        def start() -> int:
            with guestfile.heard(name):
                return int(processes.StartProgramInGuest(machine, login, spec))

        number = self._session.call(f"run a command in {name}", start)

        def ended() -> bool | None:
            with guestfile.heard(name):
                found = processes.ListProcessesInGuest(machine, login, [number])
            return (not found or found[0].endTime is not None) or None

        by.poll(
            lambda: self._session.call(f"wait for a command in {name}", ended),
            what=f"a command in {name} to end",
            every=POLL_SECONDS,
        )
        text = guestfile.get(self._session, files, (machine, login), f"{at}.done", name=name)
        return guestwords.completed(name, text)

    def _login(self, name: str, machine: Any) -> Any:  # noqa: ANN401
        """Return root's login, with the password that the machine's pair file refers to."""
        key = machine._moId  # noqa: SLF001  pyVmomi has no public name for it
        with self._lock:
            if key not in self._logins:
                self._logins[key] = vim.vm.guest.NamePasswordAuthentication(
                    username="root",
                    password=self._password(name, machine),
                    interactiveSession=False,
                )
            return self._logins[key]

    def _password(self, name: str, machine: Any) -> str:  # noqa: ANN401
        (read,) = collect.these(
            self._session, vim.VirtualMachine, [machine], ["name", *machineread.PATHS[2:3]]
        )
        text = extra.values(read["config.extraConfig"]).get(extra.MARK, "")
        mark = machineread.mark(text, name)[0]
        if mark is None or not mark.source:
            raise GuestError(f"{name} is no machine of a pair, so nobody can be logged in there.")
        pair = pairfile.parse(mark.source.encode(), path=Path(mark.origin))
        if pair.password is None:
            raise MissingError(f"The pair file of {pair.name} has no `password:` to log in with.")
        return secret.read(pair.password, self._environment, secret.Kind.PASSWORD)

    def _manager(self) -> tuple[Any, Any]:
        with self._lock:
            if self._managers is None:
                kind = vim.vm.guest.GuestOperationsManager
                paths = ["processManager", "fileManager"]
                manager = self._session.content.guestOperationsManager
                (found,) = collect.these(self._session, kind, [manager], paths)
                self._managers = (found["processManager"], found["fileManager"])
            return self._managers
