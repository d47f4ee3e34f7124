"""A pair on the first two leafs of an EVPN lab of its own, which calls no MAC a duplicate."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.command import vipprov
from lab.conftest import document, write
from lab.evpnlabs import lab, remains


def leafs(lab_name: str) -> tuple[str, ...]:
    """Return the port groups of the lab's three leafs: the pair's two, and a client's."""
    return tuple(f"{lab_name}-leaf{number}" for number in (1, 2, 3))


@contextmanager
def made(
    folder: Path,
    lab_name: str,
    name: str,
    *options: str,
    number: int,
    profile: str | None = None,
    **changes: object,
) -> Iterator[None]:
    """Make the lab with these options and the pair; nothing is left of both afterwards."""
    net, ours = f"10.50.{50 + number}", leafs(lab_name)
    guests = [
        {"name": f"{name}-{at}", "addresses": [f"{net}.{50 + at}/24"], "port_group": ours[at - 1]}
        for at in (1, 2)
    ]
    vip = {"addresses": [f"{net}.50/24"], "virtual_router_id": 50 + number}
    written = document(
        name,
        number=number,
        port_group=ours[0],
        vip=vip if profile is None else vip | {"profile": profile},
        guests=guests,
        fabric={"moves": 1000, "window": "180s"},
        **changes,
    )
    path = write(folder / "pair.yaml", written)
    try:
        up = lab("up", "--kind", "evpn", "--dup-moves", "0", *options, name=lab_name)
        assert up.code == 0, up.err
        created = vipprov("vm", "create", path)
        assert created.code == 0, (created.out, created.err)
        yield
    finally:
        vipprov("vm", "destroy", name, "--yes")
        lab("down", "--force", name=lab_name)
    assert remains(lab_name) == set()
