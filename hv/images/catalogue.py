"""The images that vipprov knows by name: those that it builds, and those that it pulls."""

from typing import assert_never

from vipprov.guest.errors import MissingError
from vipprov.hv.images import debian_12, debian_12_vm, stock
from vipprov.hv.images.image import Form
from vipprov.hv.images.recipe import Recipe

TREES: tuple[Recipe, ...] = (debian_12.TREE,)
DISKS: tuple[Recipe, ...] = (debian_12_vm.DISK,)


def names(form: Form) -> tuple[str, ...]:
    """Return the names that `image build` takes."""
    return tuple(recipe.name for recipe in _recipes(form))


def recipe(name: str, form: Form = Form.TREE) -> Recipe:
    """Return the recipe of this name and form, or raise MissingError."""
    for known in _recipes(form):
        if known.name == name:
            return known
    if name in stock.names():
        raise MissingError(
            f"{name} is an image that is pulled, not built.", hint=f"vipprov image pull {name}"
        )
    raise MissingError(
        f"There is no recipe for {name!r} for {form.machines}.",
        hint=f"Known are {', '.join(names(form))}. `vipprov image pull` takes stock images.",
    )


def check(name: str, form: Form) -> None:
    """Raise MissingError for a name that no image of this form can have."""
    known = (*names(form), *(stock.names() if form is Form.DISK else ()))
    if name not in known:
        raise _unknown(name, form)


def command(name: str, form: Form) -> str:
    """Return the command that brings the image of this name onto the machine."""
    if name in stock.names():
        return f"vipprov image pull {name}"
    return f"vipprov image build {name}" + (" --for qemu" if form is Form.DISK else "")


def _recipes(form: Form) -> tuple[Recipe, ...]:
    match form:
        case Form.TREE:
            return TREES
        case Form.DISK:
            return DISKS
        case _:
            assert_never(form)


def _unknown(name: str, form: Form) -> MissingError:
    known = (*names(form), *(stock.names() if form is Form.DISK else ()))
    path = "a folder tree" if form is Form.TREE else "a qcow2 file"
    return MissingError(
        f"There is no image called {name!r} for {form.machines}.",
        hint=f"Known are {', '.join(known)}; the path of {path} is taken as well.",
    )
