"""What is desired of a pair, without an image or a seed that anything could be made of."""

from pathlib import Path

from vipprov.cloudinit.seed import Seed
from vipprov.guest import render, vrrp
from vipprov.guest.pair import Pair, Size
from vipprov.hv.machine import MachineSpec, Nic
from vipprov.hv.mark import Mark
from vipprov.pipelines.state import Desired, DesiredGuest

SEED = Seed(meta_data="", user_data="", network_config="")
VMAC = "00:00:5e:00:01:32"


def make_spec(name: str) -> MachineSpec:
    """Return a machine that stands for a member of the pair `web`."""
    return MachineSpec(
        name=name,
        image=Path("/images/debian-12/tree"),
        size=Size(cpus=1, memory=1 << 29, disk=1 << 32),
        nics=(),
        seed=SEED,
        mark=Mark(pair="web", guest=name, identity="one"),
    )


def desired(pair: Pair) -> Desired:
    return Desired(
        pair=pair,
        guests=tuple(
            DesiredGuest(
                guest=guest,
                configuration=render.configuration(pair, guest),
                spec=MachineSpec(
                    name=guest.name,
                    image=Path("/images/debian-12/tree"),
                    size=pair.size,
                    nics=(
                        Nic(
                            mac=guest.mac,
                            port_group=guest.port_group,
                            guest_name="eth0",
                            filter=f"vipprov-{guest.name}",
                        ),
                    ),
                    seed=SEED,
                    placement=guest.placement,
                    mark=Mark(
                        pair=pair.name,
                        guest=guest.name,
                        identity="one",
                        ingredients=(("image", "1"), ("size", "1")),
                    ),
                ),
                filter_macs=vrrp.virtual_macs(pair),
            )
            for guest in pair.guests
        ),
    )
