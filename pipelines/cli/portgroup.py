"""`vipprov portgroup`: what hypervisor ports let through, without machines of ours."""

from typing import Annotated

import typer

from vipprov.pipelines.cli import deferred, hostport, portaudit, portdedicated, switchgroup
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.portoptions import DryRun, Host, Json, RecordFile, Url

app = deferred.commands()
app.command()(portaudit.audit)
app.command()(portaudit.harden)

Machine = Annotated[
    str,
    typer.Argument(
        help="A machine, of whatever tool; on vSphere also a port group.", metavar="NAME"
    ),
]
Nic = Annotated[str | None, typer.Option(help="MAC of the NIC; not needed for the only one.")]
HERE = "lxc:///system"


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A bridge, a network, or a machine.", metavar="NAME")],
    *,
    on: On = HERE,
    record: RecordFile = None,
    as_json: Json = False,
) -> None:
    """Show ports: what is configured, what is in force, what keeps a virtual MAC from working.

    On vSphere: the policies of the port groups of this name, or of those a machine is on.

    Example: vipprov portgroup show leaf1
    """
    if _keeps_switches(on, record=record):
        switchgroup.show(on, name, record=record, as_json=as_json)
    else:
        hostport.show(on, name, as_json=as_json)


@app.command()
def permit(  # noqa: PLR0913  typer: each option is an argument
    machine: Machine,
    *,
    vrid: Annotated[
        list[int] | None, typer.Option(help="libvirt: virtual router ID; repeatable.")
    ] = None,
    ipv6: Annotated[bool, typer.Option("--ipv6", help="Its IPv6 virtual MAC as well.")] = False,
    mac: Annotated[list[str] | None, typer.Option(help="A MAC by itself; repeatable.")] = None,
    nic: Nic = None,
    mac_changes: Annotated[
        bool, typer.Option("--mac-changes", help="vSphere: accept MAC changes as well.")
    ] = False,
    host: Host = None,
    dedicated: Annotated[
        bool,
        typer.Option("--dedicated", help="vSphere: open a clone, and move the machine to it."),
    ] = False,
    source: Annotated[
        str | None, typer.Option("--from", help="--dedicated: the port group that it leaves.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="--dedicated: what the clone is called, if not …-vip.")
    ] = None,
    record: RecordFile = None,
    dry_run: DryRun = False,
    on: On = HERE,
    as_json: Json = False,
) -> None:
    """Open a port as little as a virtual MAC needs, live, and remember what it was before.

    On vSphere the whole port group is opened, of this name or that the machine is on: with
    --dry-run see first who else is on it. With --dedicated nobody else is: a clone of it is opened,
    and the machine moved there.

    Example: vipprov portgroup permit web-1 --vrid 50 --dry-run

    Example: vipprov portgroup permit web-1 --on vsphere://user@vcenter.example/DC1
    """
    theirs = {"host": host, "record": record, "mac-changes": mac_changes or None}
    clone = {"dedicated": dedicated or None, "from": source, "name": name}
    if not _keeps_switches(on, nic=nic, **theirs, **clone):
        wanted = hostport.macs(vrid=vrid, ipv6=ipv6, mac=mac)
        hostport.permit(on, machine, wanted, nic=nic, dry_run=dry_run, as_json=as_json)
    elif portdedicated.is_wanted(dedicated=dedicated, source=source, name=name, host=host):
        portdedicated.permit(
            on,
            machine,
            source=source,
            name=name,
            mac_changes=mac_changes,
            dry_run=dry_run,
            record=record,
            as_json=as_json,
        )
    else:
        switchgroup.permit(
            on,
            machine,
            host=host,
            mac_changes=mac_changes,
            dry_run=dry_run,
            record=record,
            as_json=as_json,
        )


@app.command()
def restore(
    machine: Machine,
    *,
    nic: Nic = None,
    host: Host = None,
    record: RecordFile = None,
    on: On = HERE,
    as_json: Json = False,
) -> None:
    """Give the ports of a machine, or a port group of vSphere, back as they were before `permit`.

    Example: vipprov portgroup restore web-1
    """
    if _keeps_switches(on, nic=nic, host=host, record=record):
        switchgroup.restore(on, machine, host=host, record=record, as_json=as_json)
    else:
        hostport.restore(on, machine, nic=nic, as_json=as_json)


@app.command("list")
def list_all(url: Url, *, as_json: Json = False) -> None:
    """List the port groups of a vCenter or ESXi host, and what each lets through.

    Example: vipprov portgroup list vsphere://user@vcenter.example/DC1
    """
    switchgroup.list_all(url, as_json=as_json)


def _keeps_switches(uri: str, **options: object) -> bool:
    """Say whether port groups have the policy there; refuse options that mean nothing there."""
    from vipprov.guest.errors import SpecError
    from vipprov.hv import registry

    here = registry.keeps_switches(uri)
    given = [name for name, value in options.items() if value is not None]
    if strange := [name for name in given if (name == "nic") is here]:
        option = strange[0].replace("_", "-")
        place = "port groups of vSphere" if here else "ports of libvirt"
        raise SpecError(f"--{option} means nothing for {place}.")
    return here
