"""A guest of a pair, acted: it has the files that its seed told it to write, and plays its role."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from fakes.guests import FakeGuests
from fakes.machines import says
from vipprov.guest import pairfile
from vipprov.guest.pair import Pair
from vipprov.hv.machine import Completed

# What a pair file of a test may ask its guests to do wrong, in a file beside it.
MISDEEDS = "misdeeds"


def act(path: Path, name: str, disk: Path, argv: Sequence[str], stdin: bytes) -> Completed:
    """Answer for one command; what it changes is kept on the disk."""
    pair = pairfile.read(path.read_bytes(), path=path).pair
    if (path.parent / MISDEEDS).exists():
        return says(code=4)  # cloud-init is switched off
    guests = FakeGuests(pair)
    kept = disk / "files.json"
    files = json.loads(kept.read_text()) if kept.exists() else written(disk)
    guests.files[name] = {PurePosixPath(one): text for one, text in files.items()}
    if list(argv)[:2] == ["grep", "-ls"]:
        return _roles(pair, name, argv)
    done = guests(name, argv, stdin)
    kept.write_text(json.dumps({str(one): text for one, text in guests.files[name].items()}))
    return done


def written(disk: Path) -> Mapping[str, str]:
    """Return what cloud-init would have written at the first boot."""
    told = json.loads((disk / "guestinfo.json").read_text())
    document = yaml.safe_load(decoded(told, "userdata"))
    return {one["path"]: _content(one) for one in document["write_files"]}


def decoded(told: Mapping[str, str], name: str) -> str:
    """Return a document of guestinfo as text."""
    assert told[f"guestinfo.{name}.encoding"] == "gzip+base64"
    return gzip.decompress(base64.b64decode(told[f"guestinfo.{name}"])).decode()


def _content(file: Mapping[str, Any]) -> str:
    text = str(file["content"])
    return base64.b64decode(text).decode() if file.get("encoding") == "b64" else text


def _roles(pair: Pair, name: str, argv: Sequence[str]) -> Completed:
    return says("\n".join(argv[3:]) if name == pair.guests[0].name else "", code=0)
