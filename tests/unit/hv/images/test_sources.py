from pathlib import Path

import pytest

from vipprov.guest.errors import MissingError
from vipprov.hv.images import sources

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
ARCHIVE = f"""\
# the archive
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib
Signed-By: {KEYRING}

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: {KEYRING}
"""
VENDOR = """\
Types: deb
URIs: https://vendor.example/apt
Suites: bookworm
Components: main
Signed-By: /etc/apt/keyrings/vendor.gpg
"""


def put(apt: Path, name: str, text: str) -> Path:
    path = apt / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return apt


def test_only_the_archive_and_only_the_suites_of_the_release_are_taken(tmp_path: Path) -> None:
    put(tmp_path, "sources.list.d/debian.sources", ARCHIVE)
    put(tmp_path, "sources.list.d/vendor.sources", VENDOR)
    assert sources.for_suite("bookworm", apt=tmp_path) == (
        "Types: deb\n"
        "URIs: http://mirror.example/debian\n"
        "Suites: bookworm bookworm-updates\n"
        "Components: main\n"
        f"Signed-By: {KEYRING}\n"
        "\n"
        "Types: deb\n"
        "URIs: http://mirror.example/debian-security\n"
        "Suites: bookworm-security\n"
        "Components: main\n"
        f"Signed-By: {KEYRING}\n"
    )


def test_one_line_sources_are_read_with_and_without_options(tmp_path: Path) -> None:
    put(
        tmp_path,
        "sources.list",
        "# deb http://old.example/debian bookworm main\n"
        "deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main\n"
        "deb-src http://mirror.example/debian bookworm main\n"
        "deb http://mirror.example/debian bookworm main non-free  # ours\n"
        f"deb [arch=amd64 signed-by={KEYRING}] http://two.example/debian bookworm-updates main\n"
        "deb [signed-by=/k/vendor.gpg] https://vendor.example/apt bookworm main\n",
    )
    text = sources.for_suite("bookworm", apt=tmp_path)
    assert "http://mirror.example/debian\nSuites: bookworm\nComponents: main\n\n" in text
    assert "http://two.example/debian\nSuites: bookworm-updates\nComponents: main\n" in text
    assert text.count("URIs") == 2
    assert "vendor" not in text


def test_a_source_that_is_switched_off_is_not_taken(tmp_path: Path) -> None:
    put(tmp_path, "sources.list.d/a.sources", "Enabled: no\n" + ARCHIVE.split("\n\n")[1])
    with pytest.raises(MissingError):
        sources.for_suite("bookworm", apt=tmp_path)


def test_a_machine_of_another_release_uses_the_same_archive(tmp_path: Path) -> None:
    newer = ARCHIVE.replace("bookworm", "trixie")
    put(tmp_path, "sources.list.d/debian.sources", newer)
    text = sources.for_suite("bookworm", apt=tmp_path, codename="trixie")
    assert "Suites: bookworm bookworm-updates\n" in text
    assert "Suites: bookworm-security\n" in text
    assert "trixie" not in text


def test_no_archive_is_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    put(tmp_path, "sources.list.d/vendor.sources", VENDOR)
    with pytest.raises(MissingError) as caught:
        sources.for_suite("bookworm", apt=tmp_path)
    assert str(tmp_path) in caught.value.details


def test_a_machine_without_apt_has_no_sources(tmp_path: Path) -> None:
    assert sources.read(tmp_path) == ()


def test_a_key_within_the_source_does_not_spill_into_other_fields() -> None:
    text = VENDOR.replace(
        "/etc/apt/keyrings/vendor.gpg", "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ: xyz"
    )
    (source,) = sources.parse_stanzas(text)
    assert source.components == ("main",)
    assert source.signed_by.endswith("mQ: xyz")
