"""`vipprov portgroup permit --dedicated`: a port group for one machine's virtual MACs alone."""

from pathlib import Path

from vipprov.pipelines.cli.output import emit, note
from vipprov.pipelines.cli.switchgroup import echo_warning, opened


def is_wanted(*, dedicated: bool, source: str | None, name: str | None, host: str | None) -> bool:
    """Say whether a dedicated port group is asked for; refuse options that do not go together."""
    from vipprov.guest.errors import SpecError

    if not dedicated and (source is not None or name is not None):
        raise SpecError("--from and --name mean nothing without --dedicated.")
    if dedicated and host is not None:
        raise SpecError(
            "--host means nothing with --dedicated.",
            details="Each host that has the port group gets a clone: the machine may move there.",
        )
    return dedicated


def permit(  # noqa: PLR0913  typer's options, passed on
    uri: str,
    machine: str,
    *,
    source: str | None,
    name: str | None,
    mac_changes: bool,
    dry_run: bool,
    record: Path | None,
    as_json: bool,
) -> None:
    """Clone the port group that the machine is on, open the clone, and move the machine there."""
    from vipprov.pipelines import dedicate, dedicatewords, switchdedicate

    with opened(uri, record) as groups:
        plan = dedicate.plan(
            groups.all(), machine, source=source, name=name, mac_changes=mac_changes
        )
        text = dedicatewords.plan_text(plan)
        echo_warning(groups, tuple(clone.change for clone in plan.clones))
        if not dry_run:
            if as_json:
                note(text)
            switchdedicate.permit(groups, plan, mac_changes=mac_changes)
    emit(dedicatewords.plan_document(plan), as_json=as_json, text=text)
