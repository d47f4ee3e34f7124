"""Builds an image: once for each content, whole or not at all, and one build at a time."""

import hashlib
import platform
import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.hv import storage
from vipprov.hv.images import (
    catalogue,
    disk,
    filesystem,
    image,
    initrd,
    progress,
    sources,
    store,
    tree,
    trouble,
    workshop,
)
from vipprov.hv.images.image import DiskRecord, Form, Image, Record
from vipprov.hv.images.program import Report, Run, run
from vipprov.hv.images.recipe import DiskRecipe, Recipe

ROOM = {Form.TREE: 1_500_000_000, Form.DISK: 2_500_000_000}
CACHE = ".archives"
# The setuid programs of a tree are for its guests: nobody else on this machine gets at them. A
# disk is read by the hypervisor's own user.
CLOSED, OPEN = 0o700, 0o755


def build(  # noqa: PLR0913  what is built, how it is told, and where tests come in
    name: str,
    form: Form = Form.TREE,
    *,
    report: Report,
    by: Deadline,
    program: Run = run,
    apt: Path = sources.APT,
    machine: str = platform.machine(),
) -> Image:
    """Return the image of this name, built now unless one of the same content is there."""
    if "/" in name:
        return store.at(Path(name))
    recipe = catalogue.recipe(name, form)
    if isinstance(recipe, DiskRecipe):
        disk.check_machine(machine)
    text = sources.for_suite(recipe.suite, apt=apt, codename=_codename())
    digest = _digest(recipe, text, machine)
    home = storage.images() / store.folder_name(name, form, digest)
    with store.writable(), workshop.alone(home.parent, report, by):
        found = workshop.confirmed(home)
        if found is not None:
            report(f"{name}: already built")
            return found
        workshop.clear(home)
        workshop.check_room(home.parent, ROOM[form], what="Building an image")
        with ExitStack() as undo:
            partial = home.parent / f"{workshop.PARTIAL}{home.name}"
            undo.callback(shutil.rmtree, partial, ignore_errors=True)
            _bootstrap(recipe, text, partial, report=report, by=by, program=program)
            record = _finished(recipe, digest, partial, report=report, by=by, program=program)
            made = workshop.keep(record, partial, home)
            undo.pop_all()
            return made


def _digest(recipe: Recipe, sources_text: str, machine: str) -> str:
    """Return the digest of all that decides about the content."""
    places = {name: Path(name) for name in ("tree", "sources", "cache", "scratch")}
    argv = tree.command(recipe, **places)
    parts = [recipe.digest, machine, "\0".join(argv), sources_text]
    if isinstance(recipe, DiskRecipe):
        commands = filesystem.commands(recipe, tree=Path("tree"), folder=Path())
        parts += ["\0".join(command) for command in commands] + [initrd.INIT]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _bootstrap(
    recipe: Recipe, sources_text: str, partial: Path, *, report: Report, by: Deadline, program: Run
) -> None:
    cache = partial.parent / CACHE / recipe.suite
    cache.mkdir(parents=True, exist_ok=True)
    partial.mkdir(mode=CLOSED)
    (partial / image.TREE).mkdir()
    list_file = partial / f"{recipe.suite}.sources"
    list_file.write_text(sources_text)
    log = partial.parent / f"{recipe.name}.log"
    log.unlink(missing_ok=True)
    if isinstance(recipe, DiskRecipe):
        filesystem.check_programs(log=log, by=by, program=program)
    scratch = partial / "scratch"
    scratch.mkdir()
    argv = tree.command(
        recipe, tree=partial / image.TREE, sources=list_file, cache=cache, scratch=scratch
    )
    code = program(argv, log=log, on_line=progress.teller(recipe.name, report), by=by)
    if code != 0:
        raise trouble.explained(recipe.name, "mmdebstrap", code, log)
    shutil.rmtree(scratch)
    log.replace(partial / image.LOG)


def _finished(
    recipe: Recipe, digest: str, partial: Path, *, report: Report, by: Deadline, program: Run
) -> Record:
    """Finish the tree, make a disk of it where that is wanted, and return what came out."""
    folder = partial / image.TREE
    tree.finish(recipe, folder)
    record = Record(
        name=recipe.name,
        digest=digest,
        recipe=recipe.digest,
        made=datetime.now(tz=UTC),
        packages=tree.packages(folder),
    )
    if not isinstance(recipe, DiskRecipe):
        return record
    report(f"{recipe.name}: making the disk")
    made = _disk(recipe, partial, by=by, program=program)
    return record.model_copy(update={"disk": made})


def _disk(recipe: DiskRecipe, partial: Path, *, by: Deadline, program: Run) -> DiskRecord:
    folder = partial / image.TREE
    log = partial / image.LOG
    made = filesystem.make(recipe, folder, partial, log=log, by=by, program=program)
    shutil.rmtree(folder)
    partial.chmod(OPEN)
    return made


def _codename() -> str | None:
    """Return the code name of the release that runs here, where it is a Debian."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    return release.get("VERSION_CODENAME") if release["ID"] == "debian" else None
