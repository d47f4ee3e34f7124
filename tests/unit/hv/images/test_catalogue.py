from urllib.parse import urlsplit

import pytest

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.images import catalogue, stock
from vipprov.hv.images.image import Form
from vipprov.hv.images.source import Source


def test_every_stock_image_comes_from_its_maker_over_https() -> None:
    for known in stock.every():
        source = Source.of(known)
        assert urlsplit(source.url).scheme == "https"
        assert source.file.endswith((".qcow2", ".img"))
        assert source.file == known.file


def test_there_are_stock_images_for_one_kind_of_processor_so_far() -> None:
    assert "amd64" in stock.find("ubuntu-24.04", "x86_64").file
    assert "x86_64" in stock.find("rocky-9", "x86_64").file
    with pytest.raises(SpecError, match="x86-64 only so far") as caught:
        stock.find("rocky-9", "aarch64")
    assert "aarch64" in caught.value.details


def test_what_is_built_and_what_is_pulled_have_no_name_in_common() -> None:
    assert not set(catalogue.names(Form.DISK)) & set(stock.names())


def test_whoever_builds_what_is_pulled_is_told_so() -> None:
    with pytest.raises(MissingError, match="pulled, not built") as caught:
        catalogue.recipe("rocky-9", Form.DISK)
    assert caught.value.hint == "vipprov image pull rocky-9"


@pytest.mark.parametrize(
    ("name", "form", "command"),
    [
        ("debian-12", Form.TREE, "vipprov image build debian-12"),
        ("debian-12", Form.DISK, "vipprov image build debian-12 --for qemu"),
        ("rocky-9", Form.DISK, "vipprov image pull rocky-9"),
    ],
)
def test_each_image_has_a_command_that_brings_it(name: str, form: Form, command: str) -> None:
    assert catalogue.command(name, form) == command


def test_an_unknown_stock_image_lists_those_that_are_known() -> None:
    with pytest.raises(MissingError) as caught:
        stock.find("windows-11", "x86_64")
    assert "rocky-9" in caught.value.hint
