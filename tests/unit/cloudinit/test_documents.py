from dataclasses import replace

import pytest
import yaml

from cloudinit_values import CONFIGURATION, KEY, dual_stack_pair, pair, seed
from golden_cloudinit import assert_golden
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.network import NicNaming
from vipprov.cloudinit.seed import Seed
from vipprov.guest.configuration import Configuration

NOBODY = Credentials()
OPERATOR = Credentials(password_hash="$2y$10$not-a-real-hash", ssh_keys=(KEY,))  # noqa: S106

SEEDS = {
    "container": seed(),
    "machine": seed(dual_stack_pair(), credentials=OPERATOR, naming=NicNaming.BY_MAC),
}


@pytest.mark.parametrize("case", SEEDS)
@pytest.mark.parametrize("document", ["user-data", "meta-data", "network-config"])
def test_documents_are_the_golden_ones(case: str, document: str) -> None:
    assert_golden(f"{case}.{document}", dict(SEEDS[case].files())[document])


def test_documents_are_the_same_every_time() -> None:
    assert seed().files() == seed().files()


def test_instance_id_is_the_identity() -> None:
    assert "instance-id: vipprov-0123456789abcdef\n" in seed().meta_data


def test_name_with_a_domain_becomes_host_name_and_fqdn() -> None:
    made = named("web-1.example.org")
    told = yaml.safe_load(made.user_data)
    assert (told["hostname"], told["fqdn"]) == ("web-1", "web-1.example.org")
    assert "local-hostname: web-1\n" in made.meta_data


@pytest.mark.parametrize("name", ["no", "1:30", "0644", "a: b", "x # y", "{{ v }}", "*a", "'", '"'])
def test_name_that_means_something_to_yaml_stays_a_name(name: str) -> None:
    assert yaml.safe_load(named(name).user_data)["hostname"] == name


def test_images_that_have_the_packages_are_not_asked_to_install_them() -> None:
    told = yaml.safe_load(seed().user_data)
    assert "packages" not in told
    assert told["package_update"] is told["package_upgrade"] is False


def test_update_option_asks_for_the_packages() -> None:
    told = yaml.safe_load(seed(replace(pair(), packages_update=True)).user_data)
    assert told["packages"] == ["keepalived"]
    assert told["package_update"] is told["package_upgrade"] is True


def test_no_key_is_empty_where_there_is_nothing_to_say() -> None:
    # cloud-init's schema refuses empty lists.
    nothing = Configuration(files=(), packages=(), enable=(), at_every_boot=(), at_first_boot=())
    told = yaml.safe_load(seed(configuration=nothing, credentials=NOBODY).user_data)
    assert told.keys().isdisjoint({"write_files", "runcmd", "ssh_authorized_keys", "users"})


def test_commands_stay_lists_of_arguments() -> None:
    hostile = (("sh", "-c", "$(reboot); `reboot`"), ("printf", "it's\n"))
    told = yaml.safe_load(
        seed(configuration=replace(CONFIGURATION, at_first_boot=hostile)).user_data
    )
    assert told["runcmd"] == [list(argv) for argv in hostile]


def named(name: str) -> Seed:
    whole = pair()
    first = replace(whole.guests[0], name=name)
    return seed(replace(whole, guests=(first, whole.guests[1])))
