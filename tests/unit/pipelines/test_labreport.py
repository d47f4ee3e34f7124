import json
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import golden_files
import schemas
from vipprov.hv.fabric import evpnshow
from vipprov.hv.fabric.evpnstate import Fabric, Leaf
from vipprov.pipelines import labreport

ANSWERS = (Path(__file__).parents[2] / "golden/frr/leaf2.json").read_text()
READ = evpnshow.everything(ANSWERS, number=2, vtep=IPv4Address("100.64.0.2"))
LEAF = replace(READ, bridges=("blue-leaf2",), ports=("vnet0",))
SILENT = Leaf(
    number=1,
    vtep=IPv4Address("100.64.0.1"),
    bridges=("blue-leaf1",),
    trouble="vtysh failed.",
)
FABRIC = Fabric(name="blue", vnis=(100,), leafs=(SILENT, LEAF, replace(SILENT, number=3)))


def test_people_get_tables_and_the_leaf_that_cannot_be_asked() -> None:
    golden_files.assert_golden("frr/status.txt", labreport.text(FABRIC) + "\n")


def test_programs_get_one_document_of_plain_values() -> None:
    document = json.loads(json.dumps(labreport.document(FABRIC)))
    schemas.require("lab-status", document, closed=True)
    assert document["ready"] is False
    assert document["leafs"][1]["flood_lists"] == [
        {"vni": 100, "vteps": ["100.64.0.1", "100.64.0.3"]}
    ]
    (duplicate,) = (one for one in document["leafs"][1]["macs"] if one["duplicate"])
    assert (duplicate["mac"], duplicate["sequence"]) == ("00:00:5e:00:01:32", 5)
