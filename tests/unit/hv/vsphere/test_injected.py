"""No method goes without a test of each fault that it may have, and none is forgotten later."""

from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType

from vsphere import methods

SUITE = Path(methods.__file__).parent


def injected(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Return the methods and kinds of fault that the tests of a module are run with.

    They are parameters of these names; a test of what comes too late has no kind but that.
    """
    for name, test in vars(module).items():
        if not name.startswith("test_") or not callable(test):
            continue
        for case in cases(test):
            kind = case.get("kind", "delay" if "too_late" in name else "")
            if "method" in case and kind:
                yield case["method"], "task" if kind.startswith("task:") else kind


def cases(test: Callable[..., object]) -> Iterator[dict[str, str]]:
    """Return the parameters of each run of a test."""
    marks = (mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize")
    every = []
    for mark in marks:
        names, values = mark.args[:2]
        keys, is_one = ((names,), True) if isinstance(names, str) else (names, False)
        every.append([dict(zip(keys, (one,) if is_one else one, strict=True)) for one in values])
    for chosen in product(*every):
        yield {name: value for part in chosen for name, value in part.items()}


def test_each_method_meets_each_fault_in_some_test() -> None:
    modules = (import_module(f"vsphere.{path.stem}") for path in SUITE.glob("test_*.py"))
    seen = {one for module in modules for one in injected(module)}
    assert methods.injectable() - seen == set()
    assert len(methods.injectable()) > 250
