import base64
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cloudinit_values import CONFIGURATION, seed
from vipprov.guest.configuration import GuestFile

ANY_TEXT = st.text(st.characters(codec="utf-8"))
YAML_LOOKALIKES = st.text(st.sampled_from(" \t\n\r-:#|>'\"{}[]&*!%@`,?~x\u2028\x85\ufeff\x00"))


@given(ANY_TEXT | YAML_LOOKALIKES)
def test_any_content_comes_out_as_it_went_in(content: str) -> None:
    assert told(content)["decoded"] == content.encode()


@pytest.mark.parametrize("content", ["\x1b[2J", "\x00", "a\rb", "\x85", "caf\udce9"])
def test_content_that_yaml_cannot_show_travels_as_base64(content: str) -> None:
    assert told(content)["encoding"] == "b64"


@pytest.mark.parametrize(
    "content", ["a\n", "\n\n a\n", "  a", "#cloud-config\n", "é ☃ 😀\n", "\ta: b"]
)
def test_content_that_a_person_can_read_stays_readable(content: str) -> None:
    assert told(content)["content"] == content


def test_octets_that_are_no_utf_8_arrive_as_octets() -> None:
    assert told("caf\udce9")["decoded"] == b"caf\xe9"


@pytest.mark.parametrize(("mode", "written"), [(0o644, "0644"), (0o600, "0600"), (0o4755, "4755")])
def test_mode_is_a_quoted_octal_number(mode: int, written: str) -> None:
    assert told("x", mode)["permissions"] == written


def test_file_belongs_to_root() -> None:
    assert told("x")["owner"] == "root:root"


def told(content: str, mode: int = 0o644) -> dict[str, object]:
    file = GuestFile(path=PurePosixPath("/etc/motd"), content=content, mode=mode)
    document = yaml.safe_load(seed(configuration=replace(CONFIGURATION, files=(file,))).user_data)
    (entry,) = document["write_files"]
    is_plain = "encoding" not in entry
    raw = entry["content"].encode() if is_plain else base64.b64decode(entry["content"])
    return {**entry, "decoded": raw}
