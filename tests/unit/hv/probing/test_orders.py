"""Orders are read back as they were given."""

from ipaddress import ip_address

import pytest

from vipprov.hv.frames import Host, Path
from vipprov.hv.probing import orders
from vipprov.hv.probing.orders import Orders


@pytest.mark.parametrize(
    "told",
    [
        Orders(),
        Orders(
            aims=(
                Path(
                    source_mac="02:00:00:00:00:fe",
                    target_mac="00:00:5e:00:02:32",
                    source=ip_address("2001:db8:50::fe"),
                    target=ip_address("2001:db8:50::50"),
                ),
            ),
            interval=0.002,
            told=(Host(mac="52:54:00:00:00:01", address=ip_address("2001:db8:50::51")),),
            seconds=12.5,
        ),
    ],
    ids=["listen", "probe"],
)
def test_orders_survive_the_way_to_the_process(told: Orders) -> None:
    assert orders.load(orders.dump(told)) == told
