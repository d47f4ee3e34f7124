"""Builds an image: once for each content, whole or not at all, and one build at a time."""

import fcntl
import hashlib
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HeldError, HypervisorError
from vipprov.hv import storage
from vipprov.hv.images import (
    catalogue,
    image,
    progress,
    sources,
    store,
    tree,
    trouble,
    usage,
)
from vipprov.hv.images.image import Image, Record
from vipprov.hv.images.program import Report, Run, run
from vipprov.hv.images.recipe import Recipe

ROOM = 1_500_000_000
LOCK = ".lock"
PARTIAL = ".building-"
CACHE = ".archives"


def build(
    name: str, *, report: Report, by: Deadline, program: Run = run, apt: Path = sources.APT
) -> Image:
    """Return the image of this name, built now unless one of the same content is there."""
    if "/" in name:
        return store.at(Path(name))
    recipe = catalogue.recipe(name)
    text = sources.for_suite(recipe.suite, apt=apt, codename=_codename())
    digest = _digest(recipe, text)
    home = storage.images() / f"{name}-{digest[:12]}"
    with store.writable(), _alone(home.parent, report, by):
        found = image.read(home)
        if found is not None:
            # The store takes the image that was confirmed last.
            (home / image.RECORD).touch()
            report(f"{name}: already built")
            return found
        _clear(home)
        _check_room(home.parent)
        with ExitStack() as undo:
            partial = home.parent / f"{PARTIAL}{home.name}"
            undo.callback(shutil.rmtree, partial, ignore_errors=True)
            _bootstrap(recipe, text, partial, report=report, by=by, program=program)
            made = _kept(recipe, digest, partial, home)
            undo.pop_all()
            return made


def _digest(recipe: Recipe, sources_text: str) -> str:
    """Return the digest of all that decides about the content."""
    places = {name: Path(name) for name in ("tree", "sources", "cache", "scratch")}
    argv = tree.command(recipe, **places)
    parts = (recipe.digest, platform.machine(), "\0".join(argv), sources_text)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _bootstrap(
    recipe: Recipe, sources_text: str, partial: Path, *, report: Report, by: Deadline, program: Run
) -> None:
    cache = partial.parent / CACHE / recipe.suite
    cache.mkdir(parents=True, exist_ok=True)
    # The tree's setuid programs are for its guests: nobody else on this machine gets at them.
    partial.mkdir(mode=0o700)
    (partial / image.TREE).mkdir()
    list_file = partial / f"{recipe.suite}.sources"
    list_file.write_text(sources_text)
    log = partial.parent / f"{recipe.name}.log"
    log.unlink(missing_ok=True)
    scratch = partial / "scratch"
    scratch.mkdir()
    argv = tree.command(
        recipe, tree=partial / image.TREE, sources=list_file, cache=cache, scratch=scratch
    )
    code = program(argv, log=log, on_line=progress.teller(recipe.name, report), by=by)
    if code != 0:
        raise trouble.explained(recipe.name, code, log)
    shutil.rmtree(scratch)
    log.replace(partial / image.LOG)


def _kept(recipe: Recipe, digest: str, partial: Path, home: Path) -> Image:
    """Finish the tree, record it, and give it its name in one step."""
    folder = partial / image.TREE
    tree.finish(recipe, folder)
    record = Record(
        name=recipe.name,
        digest=digest,
        recipe=recipe.digest,
        made=datetime.now(tz=UTC),
        packages=tree.packages(folder),
    )
    image.write(partial, record)
    # Nothing was waited for so far, and a power cut must not leave a name over lost files.
    os.sync()
    partial.rename(home)
    return record.image(home)


@contextmanager
def _alone(folder: Path, report: Report, by: Deadline) -> Iterator[None]:
    """Hold the store's lock; the kernel gives it back however this process ends."""
    with (folder / LOCK).open("a") as lock:
        if not _taken(lock.fileno()):
            report("waiting for another build to end")
            by.poll(lambda: _taken(lock.fileno()) or None, what="another build of an image to end")
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(home: Path) -> None:
    """Remove what an interrupted build or a broken record left; nobody else builds now."""
    users = usage.users(home / image.TREE)
    if users:
        raise HeldError(
            f"{home} has lost its record, and machines are made from it.",
            details=f"Made from it: {', '.join(users)}.",
            hint="Destroy these machines first.",
        )
    for remnant in (*home.parent.glob(f"{PARTIAL}*"), *([home] if home.exists() else [])):
        shutil.rmtree(remnant)


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise HypervisorError(
            f"An image needs {ROOM / 1e9:.1f} GB while it is built, and {folder} has "
            f"{free / 1e9:.1f} GB.",
            hint=f"Free some space, or set {storage.VARIABLE} to a folder on another disk.",
        )


def _codename() -> str | None:
    """Return the code name of the release that runs here, where it is a Debian."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    return release.get("VERSION_CODENAME") if release["ID"] == "debian" else None
