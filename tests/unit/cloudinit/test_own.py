from pathlib import Path

import pytest

from vipprov.cloudinit import own
from vipprov.guest.errors import SpecError


def test_sound_file_is_a_tree_with_a_digest_of_its_content(tmp_path: Path) -> None:
    one = own.load(written(tmp_path, "#cloud-config\ntimezone: UTC\n"))
    other = own.load(written(tmp_path, "#cloud-config\ntimezone: CET\n"))
    assert one.tree == {"timezone": "UTC"}
    assert one.digest != other.digest


def test_misspelt_keys_are_named_with_the_nearest_one_all_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, "#cloud-config\npackges: [vim]\ntimezone: UTC\nrun_cmd: []\n")
    with pytest.raises(SpecError) as refused:
        own.load(file)
    assert str(refused.value) == f"2 mistakes in {file}."
    assert refused.value.details.splitlines() == [
        f"{file}:2:1: 'packges' is no key of cloud-config. Did you mean 'packages'?",
        f"{file}:4:1: 'run_cmd' is no key of cloud-config. Did you mean 'runcmd'?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n#cloud-config\n",
        "#!/bin/sh\n",
        "## template: jinja\n#cloud-config\n",
        "# cloud-config\n",
    ],
)
def test_file_that_does_not_begin_as_a_cloud_config_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SpecError) as refused:
        own.load(written(tmp_path, text))
    assert "begins with the line #cloud-config" in refused.value.details


@pytest.mark.parametrize("body", ["", "- a\n", "text\n", "5\n"])
def test_file_that_is_no_mapping_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(SpecError) as refused:
        own.load(written(tmp_path, f"#cloud-config\n{body}"))
    assert "is a mapping" in refused.value.details


def test_line_and_column_are_those_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "#cloud-config\n\npackages:\n  - [vim\n")
    with pytest.raises(SpecError) as refused:
        own.load(file)
    assert refused.value.details.startswith(f"{file}:5:1: This is not YAML")


def test_windows_line_ends_are_fine(tmp_path: Path) -> None:
    assert own.load(written(tmp_path, "#cloud-config\r\ntimezone: UTC\r\n")).tree == {
        "timezone": "UTC"
    }


def test_huge_and_binary_and_absent_files_are_refused(tmp_path: Path) -> None:
    huge = written(tmp_path, "#cloud-config\n" + "#" * own.LARGEST)
    with pytest.raises(SpecError, match="larger than 256 KiB"):
        own.load(huge)
    huge.write_bytes(b"#cloud-config\n\xff\n")
    with pytest.raises(SpecError, match=r":2: This is not text in UTF-8"):
        own.load(huge)
    with pytest.raises(SpecError, match="no such file"):
        own.load(tmp_path / "none.yaml")


def written(folder: Path, text: str) -> Path:
    path = folder / "user.yaml"
    path.write_bytes(text.encode())
    return path
