"""The project as its files declare it."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("cloudinit", "guest", "hv", "pipelines")


def declared() -> dict[str, Any]:
    """Return pyproject.toml's table of the project."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def canonical(name: str) -> str:
    """Return a distribution's name as the index compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()
