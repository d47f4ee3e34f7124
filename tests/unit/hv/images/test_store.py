from pathlib import Path

import pytest

from vipprov.guest.errors import HeldError, MissingError
from vipprov.hv.images import catalogue, image, store, usage
from vipprov.hv.images.image import Record


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path / "images"


def put(images: Path, digest: str, *, recipe: str | None = None) -> Path:
    home = images / f"debian-12-{digest}"
    (home / "tree/etc").mkdir(parents=True)
    (home / "tree/etc/os-release").write_text("ID=debian\n")
    record = Record.model_validate(
        {
            "name": "debian-12",
            "digest": digest,
            "recipe": recipe or catalogue.recipe("debian-12").digest,
            "made": "2026-01-01T00:00:00Z",
            "packages": {"keepalived": "2.2.7"},
        }
    )
    image.write(home, record)
    return home


@pytest.mark.usefixtures("images")
def test_a_machine_without_images_has_none() -> None:
    assert store.find("debian-12") is None


def test_an_image_of_an_older_recipe_is_listed_but_not_found(images: Path) -> None:
    put(images, "a" * 12, recipe="older")
    assert [found.digest for found in store.every()] == ["a" * 12]
    assert store.find("debian-12") is None


def test_an_image_without_its_tree_is_none(images: Path) -> None:
    home = put(images, "a" * 12)
    (home / "tree").rename(home / "elsewhere")
    assert store.find("debian-12") is None


@pytest.mark.usefixtures("images")
def test_unknown_names_are_an_error_and_not_merely_unbuilt() -> None:
    with pytest.raises(MissingError, match="no image called 'debian-11'"):
        store.find("debian-11")


def test_a_path_to_a_stored_image_is_that_image(images: Path) -> None:
    home = put(images, "a" * 12)
    assert store.find(str(home)) == store.find("debian-12")


def test_a_tree_of_other_tools_is_an_image_whose_digest_follows_its_packages(
    tmp_path: Path,
) -> None:
    status = tmp_path / "tree/var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text("keepalived 2.0.10\n")
    (tmp_path / "tree/etc").mkdir()
    (tmp_path / "tree/etc/os-release").write_text("ID=debian\n")
    before = store.find(f"{tmp_path}/tree")
    again = store.find(f"{tmp_path}/tree")
    status.write_text("keepalived 2.2.7-1\n")
    after = store.find(f"{tmp_path}/tree")
    assert before == again
    assert before is not None
    assert after is not None
    assert before.path == after.path == tmp_path / "tree"
    assert before.digest != after.digest


def test_a_folder_that_is_no_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no system tree"):
        store.find(f"{tmp_path}/")


def test_removing_takes_every_build_of_the_name(images: Path) -> None:
    put(images, "a" * 12)
    put(images, "b" * 12, recipe="older")
    assert len(store.remove("debian-12")) == 2
    assert list(images.iterdir()) == []
    with pytest.raises(MissingError):
        store.remove("debian-12")


def test_the_containers_made_from_a_tree_are_named(tmp_path: Path) -> None:
    definitions = tmp_path / "lxc"
    definitions.mkdir()
    for name, tree in (("web-1", "/images/a/tree"), ("db-1", "/images/b/tree")):
        (definitions / f"{name}.xml").write_text(
            "<!-- written by libvirt --><domain type='lxc'><devices>"
            f"<filesystem type='mount'><source dir='{tree}'/></filesystem></devices></domain>"
        )
    assert usage.users([Path("/images/a/tree")], definitions=tmp_path) == ("web-1",)
    assert usage.users([Path("/images/c/tree")], definitions=tmp_path) == ()


def test_an_image_in_use_stays(images: Path, tmp_path: Path) -> None:
    home = put(images, "a" * 12)
    (tmp_path / "lxc").mkdir()
    (tmp_path / "lxc/web-1.xml").write_text(
        f"<domain><devices><filesystem><source dir='{home / 'tree'}'/>"
        "</filesystem></devices></domain>"
    )
    with pytest.raises(HeldError) as caught:
        store.remove("debian-12", definitions=tmp_path)
    assert "web-1" in caught.value.details
    assert store.find("debian-12") is not None
