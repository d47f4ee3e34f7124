"""The seed as cloud-init's VMware data source reads it: values of `guestinfo`.

The network's document goes inside the meta-data. Vendor-data holds what only the first boot may
see, and is overwritten once it was read ("redact"); user-data is read again at each boot.
"""

import base64
import gzip
from collections.abc import Mapping
from typing import Final

import yaml

from vipprov.cloudinit import yamltext
from vipprov.cloudinit.seed import Seed
from vipprov.guest.errors import SpecError

LARGEST: Final = 64 * 1024  # characters of one value, encoded: what a machine's configuration takes
ENCODING: Final = "gzip+base64"


def variables(seed: Seed) -> Mapping[str, str]:
    """Return the values by key, or say which document is too big for its place."""
    documents = {"metadata": _meta_data(seed), "userdata": seed.user_data}
    if seed.vendor_data:
        documents["vendordata"] = seed.vendor_data
    found: dict[str, str] = {}
    for name, text in documents.items():
        packed = _packed(text)
        if len(packed) > LARGEST:
            raise SpecError(
                f"The guest's {name} is too big for vSphere: {len(packed)} characters of"
                f" {LARGEST}, packed.",
                hint="Let the guest fetch big files itself, and keep them out of `cloud_config`.",
            )
        found[f"guestinfo.{name}"] = packed
        found[f"guestinfo.{name}.encoding"] = ENCODING
    return found


def _meta_data(seed: Seed) -> str:
    document = yaml.safe_load(seed.meta_data)
    document["network"] = yaml.safe_load(seed.network_config)
    if seed.vendor_data:
        document["redact"] = ["vendordata"]
    return yamltext.dump(document)


def _packed(text: str) -> str:
    # No time of day in it: the same seed is the same text.
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
