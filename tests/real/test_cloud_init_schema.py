"""Canonical's own `cloud-init schema` is the judge of our user-data."""

import ctypes
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudinit_values import CONFIGURATION, KEY, dual_stack_pair, pair, seed
from vipprov.cloudinit import allowlist, own, schema
from vipprov.cloudinit.credentials import Credentials, resolve
from vipprov.cloudinit.network import NicNaming
from vipprov.cloudinit.seed import Seed
from vipprov.guest.configuration import Configuration, GuestFile
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, SpecError
from vipprov.guest.pair import Guest, SecretKind, SecretRef

SCHEMA = Path("/usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not schema.PROGRAM.exists(), reason="cloud-init is not installed"),
]

TEXT = st.text(st.characters(codec="utf-8"))
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


def soon() -> Deadline:
    return Deadline.after(60, clock=SystemClock())


@pytest.mark.parametrize(
    "made",
    [
        seed(),
        seed(dual_stack_pair(), naming=NicNaming.BY_MAC),
        seed(replace(pair(), packages_update=True)),
        seed(
            configuration=Configuration(
                files=(), packages=(), enable=(), at_every_boot=(), at_first_boot=()
            )
        ),
    ],
    ids=["container", "machine", "updating", "nothing to configure"],
)
def test_our_documents_are_accepted(made: Seed) -> None:
    assert schema.validate(made, soon())


# One start of cloud-init takes half a second, so that each document carries many values.
@settings(max_examples=15, deadline=None)
@given(
    name=PRINTABLE,
    password=PRINTABLE,
    comments=st.lists(TEXT, max_size=20),
    arguments=st.lists(TEXT.filter(lambda text: "\x00" not in text), min_size=1, max_size=20),
)
def test_hostile_names_passwords_comments_and_arguments_are_accepted(
    name: str, password: str, comments: list[str], arguments: list[str]
) -> None:
    whole = pair()
    first: Guest = replace(whole.guests[0], name=name)
    files = tuple(
        GuestFile(path=PurePosixPath(f"/etc/x/{number}"), content=f"# {comment}\n")
        for number, comment in enumerate(comments)
    )
    made = seed(
        replace(whole, guests=(first, whole.guests[1])),
        configuration=replace(CONFIGURATION, files=files, at_first_boot=(tuple(arguments),)),
        credentials=Credentials(password_hash=password, ssh_keys=(f"{KEY} {password}",)),
    )
    assert schema.validate(made, soon())


def test_broken_cloud_config_is_refused_by_its_paths_and_not_quoted(tmp_path: Path) -> None:
    made = seed(
        own=own_config(
            tmp_path,
            "runcmd: [5, {a: hunter2}]\n"
            "ntp: hunter2\n"
            "write_files: [{pth: x, content: 'hunter2, a: b, ntp: hunter2'}]\n",
        )
    )
    with pytest.raises(SpecError) as refused:
        schema.validate(made, soon())
    assert "runcmd.1: is not valid under any of the given schemas" in refused.value.details
    assert "write_files.2: 'path' is a required property" in refused.value.details
    assert "('pth' was unexpected)" in refused.value.details
    assert "hunter2" not in f"{refused.value!r} {refused.value.details}"


def test_users_sound_cloud_config_is_accepted(tmp_path: Path) -> None:
    made = seed(
        own=own_config(tmp_path, "packages: [vim, [curl, '8.0']]\nusers: [default, {name: b}]\n")
    )
    assert schema.validate(made, soon())


def test_deadline_ends_the_wait() -> None:
    with pytest.raises(DeadlineError):
        schema.validate(seed(), Deadline.after(0, clock=SystemClock()))


def test_no_cloud_init_is_not_checked(tmp_path: Path) -> None:
    assert not schema.validate(seed(), soon(), program=tmp_path / "none")


def test_file_to_be_judged_is_ours_alone_and_gone_afterwards(tmp_path: Path) -> None:
    witness = tmp_path / "cloud-init"
    witness.write_text(f'#!/bin/sh\nstat -c "%a %n" "$PWD" "$3" >{tmp_path}/seen\n')
    witness.chmod(stat.S_IRWXU)
    assert schema.validate(seed(), soon(), program=witness)
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert [mode for mode, _ in seen] == ["700", "600"]
    assert not any(Path(name).exists() for _, name in seen)


def test_every_key_of_the_installed_cloud_init_is_known() -> None:
    assert [key for key in top_level_keys() if not allowlist.known(key)] == []


def test_password_hash_is_one_for_cloud_init_and_for_the_system() -> None:
    asked = replace(pair(), password=SecretRef(kind=SecretKind.ENV, target="P"))
    hashed = resolve(asked, {"P": "hunter2"}).password_hash or ""
    (pattern,) = set(re.findall(r"``r'(.*?)'``", description_of_passwords()))
    assert re.match(pattern, hashed)
    assert libcrypt()(b"hunter2", hashed.encode()) == hashed.encode()


def own_config(folder: Path, body: str) -> own.CloudConfig:
    file = folder / "user.yaml"
    file.write_text(f"#cloud-config\n{body}")
    return own.load(file)


def top_level_keys() -> Iterator[str]:
    for part in definitions()["allOf"]:
        name = part["$ref"].rpartition("/")[2]
        yield from definitions()["$defs"][name]["properties"]


def description_of_passwords() -> str:
    listed = definitions()["$defs"]["cc_set_passwords"]["properties"]["chpasswd"]["properties"]
    return str(listed["list"]["description"])


def definitions() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(SCHEMA.read_text())
    return whole


def libcrypt() -> Any:  # noqa: ANN401  a C function
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    return crypt
