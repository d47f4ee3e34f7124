"""Take back what was done, the last thing first, without hiding why it has to be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from vipprov.guest.errors import VipprovError


class Undo:
    """A block that takes back what was done in it when it fails; after a good end it only could.

    All is tried, and the error that ended the block stays the one that is raised. What could not be
    taken back is noted on it.
    """

    def __init__(self, begin: Callable[[], None] = lambda: None) -> None:
        self._begin = begin
        self._steps: list[tuple[str, Callable[[], object]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            for complaint in self.take_back():
                error.add_note(complaint)

    def later(self, what: str, act: Callable[[], object]) -> None:
        """Remember how to take one thing back; a request to end may make it happen twice."""
        self._steps.append((what, act))

    def take_back(self) -> tuple[str, ...]:
        """Take everything back and return a line for each thing that could not be."""
        steps, self._steps = self._steps, []
        if steps:
            self._begin()
        tried = ((what, caught(act)) for what, act in reversed(steps))
        return tuple(
            f"not undone: {what}: {told(error)}" for what, error in tried if error is not None
        )


@contextmanager
def afterwards(what: str, act: Callable[[], object]) -> Iterator[None]:
    """Do it once the block has ended, well or not; it never hides why the block failed."""
    with Undo() as undo:
        undo.later(what, act)
        yield
    act()


def caught(act: Callable[[], object]) -> BaseException | None:
    """Do what has to be done before an error may go on its way; return what went wrong with it."""
    error = _caught(act)
    if error is None or isinstance(error, Exception):
        return error
    # Somebody asks us to end. We are about to, and nobody's second request is heard.
    return _caught(act)


def told(error: BaseException) -> str:
    """Return the error in words, with its facts."""
    match error:
        case VipprovError(details=details):
            return "\n".join(filter(None, (str(error), details)))
        case _:
            return f"{type(error).__name__}: {error}"


class _Keeping:
    """A block that keeps what is raised in it."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.error = error
        return True


def _caught(act: Callable[[], object]) -> BaseException | None:
    with _Keeping() as kept:
        act()
    return kept.error
