"""user-data judged by Canonical's own `cloud-init schema`, in a process of its own."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from vipprov.cloudinit import privatefile
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, SpecError

PROGRAM = Path("/usr/bin/cloud-init")

# What follows a value in the messages of jsonschema. The value itself may be a secret.
_RULES = re.compile(
    r"is not of type '\w+'(?:, '\w+')*"
    r"|is not valid under any of the given schemas"
    r"|is valid under each of"
    r"|is not one of"
    r"|does not match"
    r"|is too short"
    r"|'\w+' is a required property"
    r"|has non-unique elements"
    r"|Additional properties are not allowed \((?:'[\w-]+'(?:, )?)+ w(?:as|ere) unexpected\)"
)


def validate(seed: Seed, by: Deadline, *, program: Path = PROGRAM) -> bool:
    """Raise SpecError for user-data that cloud-init refuses; False where it is not installed.

    It takes about a second, most of it Python's start: worth it where a user's cloud-config is in
    the seed, and not for documents that are ours alone, which the tests judge.
    """
    if not program.exists():
        return False
    with tempfile.TemporaryDirectory(prefix="vipprov-") as folder:
        file = Path(folder) / "user-data"
        privatefile.write(file, seed.user_data.encode())
        code, said = _ask(program, file, by)
    if code != 0:
        raise SpecError(
            "cloud-init refuses the merged cloud-config.",
            details="\n".join(dict.fromkeys(_problems(said, seed.user_data))),
            hint="`cloud-init schema --annotate --config-file FILE` shows the lines of your file.",
        )
    return True


def _ask(program: Path, file: Path, by: Deadline) -> tuple[int, str]:
    try:
        done = subprocess.run(
            [program, "schema", "--config-file", file],
            capture_output=True,
            check=False,
            cwd=file.parent,
            # No PYTHONPATH: a `cloudinit` that is not Canonical's would stop it from starting.
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            timeout=by.remaining,
        )
    except subprocess.TimeoutExpired:
        # The cause would carry what it has said so far.
        raise DeadlineError("Gave up waiting for cloud-init to check the cloud-config.") from None
    except OSError as error:
        raise SpecError(f"Could not start {program}: {error.strerror}.") from error
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def _problems(said: str, user_data: str) -> Iterator[str]:
    """Yield where and why, from messages in which every problem quotes the value it is about."""
    tree = yaml.safe_load(user_data)
    found = [
        match for match in re.finditer(r"([\w.-]+): ", said) if _leads_somewhere(tree, match[1])
    ]
    ends = [match.start() for match in found[1:]] + [len(said)]
    for match, end in zip(found, ends, strict=True):
        rule = _RULES.search(said, match.end(), end)
        yield f"{match[1]}: {rule[0] if rule else 'is not what cloud-init expects'}"


def _leads_somewhere(tree: object, path: str) -> bool:
    """Say whether a dotted path is one of the document: anything else is a piece of a value."""
    for name in path.split("."):
        if isinstance(tree, list) and name.isdecimal() and int(name) < len(tree):
            tree = tree[int(name)]
        elif isinstance(tree, dict) and name in tree:
            tree = tree[name]
        else:
            return False
    return True
