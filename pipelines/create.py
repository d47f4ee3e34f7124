"""The story of `vm create`: make the pair so, remember it, prove it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from vipprov.cloudinit import credentials
from vipprov.cloudinit.credentials import Credentials
from vipprov.guest import adverts, versions
from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.undo import Undo
from vipprov.hv import registry
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import apply, guestlogs, intend, verify
from vipprov.pipelines.actions import Plan
from vipprov.pipelines.desired import desired
from vipprov.pipelines.earlylooks import early_looks
from vipprov.pipelines.fabriclook import LABS
from vipprov.pipelines.request import Request
from vipprov.pipelines.run import Run
from vipprov.pipelines.sidebyside import each
from vipprov.pipelines.standby import Standby
from vipprov.pipelines.state import Desired
from vipprov.pipelines.verify import Report

ELECTION_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the caller wants of a run besides the pair file."""

    may_replace: bool = False
    undo_on_failure: bool = False
    logs: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did, and what was seen afterwards."""

    pair: str
    plan: Plan
    report: Report

    @property
    def changed(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.plan.actions)


def create(standby: Standby, *, wishes: Wishes, say: Callable[[str], None]) -> Outcome:
    """Bring the pair to what its file says and prove it; raise what stands in the way."""
    pair, hypervisor, by = standby.request.pair, standby.hypervisor, standby.by
    wanted = desired(standby.request, standby.credentials, by=by)
    election = max(ELECTION_SECONDS, verify.SETTLING + 4 * adverts.longest_patience(pair))
    with early_looks(pair, hypervisor.machines, standby.posts, LABS, by=by) as early:
        run = Run(
            hypervisor=hypervisor,
            pair=pair.name,
            by=by,
            election=election,
            say=say,
            configured=early.begin,
            logs=wishes.logs or _logs(pair.name),
        )

        def begin_undoing() -> None:
            early.cancel()  # nobody looks into a guest that is taken back
            say("undoing what this run changed")

        undo = Undo(begin_undoing)
        with undo:
            done = apply.apply(wanted, run, undo, may_replace=wishes.may_replace)
            _remember(wanted, hypervisor, undo)
        say("proving the virtual IP")
        within = by.within(election)
        report = verify.prove(standby.posts, early, pair, hypervisor, by=within)
    try:
        for name in done.brought_up:
            versions.refuse_old(report.checks, guest=name)
    except GuestError:
        _give_up(wanted, run, undo)
        raise
    if wishes.undo_on_failure and not report.passed:
        _give_up(wanted, run, undo)
    return Outcome(pair=pair.name, plan=done, report=report)


def preview(request: Request, *, environment: Mapping[str, str], clock: Clock) -> Plan:
    """Return what `create` would do. Changes nothing."""
    pair = request.pair
    by = Deadline.after(pair.timeout.total_seconds(), clock=clock)
    # Nothing is made, so nobody has to hand over a password for it.
    keys = Credentials(password_hash=None, ssh_keys=credentials.ssh_keys(pair, environment))
    wanted = desired(request, keys, by=by)
    with registry.connect(pair.hypervisor, by=by, environment=environment) as hypervisor:
        plan = intend.intend(wanted, hypervisor, by=by)
    lacking = credentials.complaint(pair, environment)
    notes = (f"`vm create` will want the password. {lacking}",) if lacking else ()
    return replace(plan, notes=(*plan.notes, *notes))


def _remember(wanted: Desired, hypervisor: Hypervisor, undo: Undo) -> None:
    """Keep the pair file that the guests are now at, where it is not kept already."""
    machines = hypervisor.machines

    def remember(name: str) -> None:
        mark = replace(marks[name], ready=True)
        machine = machines.show(name)
        if machine is not None and machine.mark != mark:
            undo.later(f"the mark of {name}", partial(machines.set_mark, name, machine.mark))
            machines.set_mark(name, mark)

    marks = {guest.spec.name: guest.spec.mark for guest in wanted.guests}
    each(marks, remember)


def _give_up(wanted: Desired, run: Run, undo: Undo) -> None:
    """Save the logs of a pair that was not proven, then undo what the run changed."""
    names = [guest.spec.name for guest in wanted.guests]
    run.say(guestlogs.save(names, run.hypervisor.machines, run.logs))
    for complaint in undo.take_back():
        run.say(complaint)


def _logs(pair: str) -> Path:
    return Path(f"vipprov-logs-{pair}").resolve()
