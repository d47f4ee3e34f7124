"""Addresses and variables become access to a vCenter; passwords are referred to and never shown."""

from pathlib import Path

import pytest

from vipprov.guest.errors import MissingError, SpecError, VipprovError
from vipprov.hv.vsphere import access

URL = "vsphere://me@vcenter.example/DC1"
SECRET = "s3cret"  # noqa: S105  not one
BY_NAME = {access.PASSWORD: "env:P", "P": SECRET}


def test_address_names_host_port_user_and_datacenter() -> None:
    found = access.parse("vsphere://me%40vsphere.local@vc.example:8443/F/DC%2F1%C3%BC", BY_NAME)
    assert (found.host, found.port, found.user) == ("vc.example", 8443, "me@vsphere.local")
    assert found.datacenter == "F/DC%2f1ü"
    assert str(found) == "vc.example:8443"


def test_datacenter_may_be_left_out() -> None:
    assert access.parse("vsphere://me@vc.example", BY_NAME).datacenter == ""
    assert access.parse("vsphere://me@vc.example", BY_NAME).port == 443


def test_password_comes_from_a_variable_a_file_or_a_command(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\nsecond line\n")
    for reference in ("env:P", f"file:{file}", f"command:cat '{file}'"):
        found = access.parse(URL, {access.PASSWORD: reference, "P": SECRET})
        assert found.password == SECRET


def test_password_is_in_no_representation() -> None:
    assert SECRET not in repr(access.parse(URL, BY_NAME))


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("", SpecError),
        (SECRET, SpecError),
        (f"plain:{SECRET}", SpecError),
        ("env:NOT_SET", MissingError),
        ("file:/nonexistent/file", MissingError),
        ("command:/nonexistent/program", SpecError),
        ("command:", SpecError),
        ("command:'", SpecError),
        ("command:false", SpecError),
        ("command:true", SpecError),
        ("env:EMPTY", SpecError),
    ],
)
def test_reference_that_leads_nowhere_is_an_error_that_does_not_repeat_a_secret(
    reference: str, kind: type[VipprovError]
) -> None:
    with pytest.raises(kind) as raised:
        access.parse(URL, {access.PASSWORD: reference, "EMPTY": ""})
    told = f"{raised.value} {raised.value.details} {raised.value.hint}"
    assert SECRET not in told
    assert access.PASSWORD in told


def test_address_without_a_user_is_refused() -> None:
    with pytest.raises(SpecError, match="names no user"):
        access.parse("vsphere://vcenter.example", BY_NAME)


def test_thumbprint_is_64_digits_with_or_without_colons() -> None:
    digits = "ab" * 32
    colons = ":".join(["AB"] * 32)
    for text in (digits, colons):
        assert access.parse(URL, {**BY_NAME, access.THUMBPRINT: text}).thumbprint == digits
    with pytest.raises(SpecError, match="no SHA-256"):
        access.parse(URL, {**BY_NAME, access.THUMBPRINT: "ab" * 20})


def test_authority_that_is_not_there_is_missing() -> None:
    with pytest.raises(MissingError, match=access.CA):
        access.parse(URL, {**BY_NAME, access.CA: "/nonexistent/ca.pem"})
