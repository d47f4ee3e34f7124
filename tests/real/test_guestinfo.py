"""Canonical's own VMware data source reads what we hand to a machine of vSphere."""

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloudinit_values import dual_stack_pair, seed
from vipprov.cloudinit import guestinfo, schema, userdata
from vipprov.cloudinit.network import NicNaming
from vipprov.guest.errors import SpecError

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not schema.PROGRAM.exists(), reason="cloud-init is not installed"),
]

# What the data source does with the values, without the hypervisor's tool that fetches them.
READER = """\
import json, sys
from cloudinit.sources import DataSourceVMware as source
told = json.load(sys.stdin)
def value(name):
    key = f"guestinfo.{name}"
    return source.decode(key, told.get(f"{key}.encoding"), told[key])
meta = source.process_metadata(source.load_json_or_yaml(value("metadata")))
json.dump([meta, value("userdata"), value("vendordata")], sys.stdout)
"""
SEED = replace(
    seed(dual_stack_pair(), naming=NicNaming.BY_MAC), vendor_data=userdata.root_login("$2y$10$x")
)


def test_data_source_reads_every_document_as_it_was(tmp_path: Path) -> None:
    meta, user, vendor = read(tmp_path)
    assert (user, vendor) == (SEED.user_data, SEED.vendor_data)
    assert meta["network"]["config"] == yaml.safe_load(SEED.network_config)
    assert meta["instance-id"] == yaml.safe_load(SEED.meta_data)["instance-id"]
    assert meta["redact"] == ["vendordata"]


def read(folder: Path) -> Any:  # noqa: ANN401  documents
    done = subprocess.run(
        ["/usr/bin/python3", "-c", READER],
        input=json.dumps(dict(guestinfo.variables(SEED))),
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_same_seed_is_the_same_text() -> None:
    assert guestinfo.variables(SEED) == guestinfo.variables(SEED)


def test_document_that_does_not_fit_is_named() -> None:
    noise = "".join(
        hashlib.sha256(bytes([one % 256, one // 256])).hexdigest() for one in range(4000)
    )
    with pytest.raises(SpecError, match="userdata is too big"):
        guestinfo.variables(replace(SEED, user_data=noise))
