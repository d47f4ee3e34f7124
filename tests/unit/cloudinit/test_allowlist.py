import pytest

from vipprov.cloudinit import allowlist


@pytest.mark.parametrize("key", ["write_files", "ca-certs", "packages", "power_state"])
def test_documented_keys_are_known(key: str) -> None:
    assert allowlist.known(key)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("packges", "packages"), ("write-files", "write_files"), ("host_name", "hostname")],
)
def test_typo_is_unknown_and_the_nearest_key_is_named(typo: str, meant: str) -> None:
    assert not allowlist.known(typo)
    assert allowlist.suggestion(typo) == f" Did you mean {meant!r}?"


def test_nothing_near_is_no_suggestion() -> None:
    assert allowlist.suggestion("zzzzzzzz") == ""
