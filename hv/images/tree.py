"""A recipe in the form of a folder tree, for containers: mmdebstrap's command, and finishing."""

import shlex
import shutil
from pathlib import Path

from vipprov.hv.images.recipe import Recipe

ARCHIVES = "/var/cache/apt/archives"
EXCLUSION = "etc/dpkg/dpkg.cfg.d/90-vipprov-excluded"


def command(
    recipe: Recipe, *, tree: Path, sources: Path, cache: Path, scratch: Path
) -> tuple[str, ...]:
    """Return the command that fills an empty tree with the recipe's packages.

    Downloads go to the cache, which outlives a build that is cut short. It is bound into the tree
    in a mount and process namespace of the build's own: whatever ends the build ends every
    process and mount of it too.
    """
    return (
        *("setpriv", "--pdeathsig", "KILL"),
        *("unshare", "--mount", "--propagation", "private"),
        *("--pid", "--fork", "--kill-child", "--mount-proc"),
        # What a killed build leaves of mmdebstrap's own is found where the next build clears.
        *("env", f"TMPDIR={scratch}"),
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory", "--verbose"),
        f"--include={','.join(recipe.packages)}",
        # mmdebstrap passes the base system through a slow filter when dpkg excludes from the start.
        f"--essential-hook={_exclusion(recipe)}",
        # An interrupted build is thrown away, so nothing is won by waiting for the disk.
        "--dpkgopt=force-unsafe-io",
        "--aptopt=Acquire::Languages none",
        "--aptopt=Acquire::Retries 3",
        "--skip=essential/unlink,download/empty,cleanup/apt/cache",
        f'--setup-hook=mkdir -p "$1{ARCHIVES}" && mount --bind "{cache}" "$1{ARCHIVES}"',
        f'--customize-hook=umount "$1{ARCHIVES}"',
        *(f'--customize-hook=chroot "$1" systemctl enable {unit}' for unit in recipe.enabled),
        recipe.suite,
        str(tree),
        str(sources),
    )


def finish(recipe: Recipe, tree: Path) -> None:
    """Write the recipe's files, mask its units, and clear away what a build leaves."""
    for pattern in (*(glob.lstrip("/") for glob in recipe.excluded), *recipe.removed):
        for path in tree.glob(pattern):
            _remove(path)
    for folder in recipe.folders:
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for file in recipe.files:
        path = tree / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(file.content)
        path.chmod(file.mode)
    masks = ((f"etc/systemd/system/{unit}", "/dev/null") for unit in recipe.masked)
    for place, target in (*recipe.links, *masks):
        path = tree / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def packages(tree: Path) -> dict[str, str]:
    """Return the version of each package that is installed in the tree."""
    stanzas = (tree / "var/lib/dpkg/status").read_text(errors="replace").split("\n\n")
    fields = (
        dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line)
        for stanza in stanzas
    )
    return {field["Package"]: field["Version"] for field in fields if "Version" in field}


def _exclusion(recipe: Recipe) -> str:
    lines = " ".join(shlex.quote(f"path-exclude={glob}") for glob in recipe.excluded)
    return f"printf '%s\\n' {lines} > \"$1/{EXCLUSION}\""


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
