"""The three documents that tell one guest what it is."""

from vipprov.cloudinit import network, userdata, yamltext
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.network import NicNaming
from vipprov.cloudinit.own import CloudConfig
from vipprov.cloudinit.seed import Seed
from vipprov.guest.configuration import Configuration
from vipprov.guest.pair import Guest, Pair


def seed(  # noqa: PLR0913  seven independent facts meet in a seed, and only here
    pair: Pair,
    guest: Guest,
    configuration: Configuration,
    credentials: Credentials,
    *,
    own: CloudConfig | None,
    identity: str,
    naming: NicNaming,
) -> Seed:
    """Return the documents of this guest; SpecError where the user's own cloud-config clashes."""
    return Seed(
        meta_data=yamltext.dump(
            {"instance-id": f"vipprov-{identity}", "local-hostname": userdata.hostname(guest)}
        ),
        user_data=userdata.document(pair, guest, configuration, credentials, own),
        network_config=network.document(pair, guest, naming),
    )
