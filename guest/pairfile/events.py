"""The front half of PyYAML: text in, events out. No object is made of what a file says."""

import yaml
from yaml.events import Event, ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from vipprov.guest.pairfile import syntax
from vipprov.guest.pairfile.mistake import Mistake, Position, Trail


class Events:
    """Events one by one, up to the end or to the line where the YAML is torn."""

    def __init__(self, text: str) -> None:
        self._source = _Source(text)
        self._latest = 1
        self.torn: int | None = None
        self.mistakes: list[Mistake] = []

    def take(self) -> Event | None:
        """Return the next event; None when there are no more, or none that can be trusted."""
        if self.torn is not None:
            return None
        try:
            # The stubs leave get_event untyped.
            event: Event | None = self._source.get_event()  # type: ignore[no-untyped-call]
        except yaml.YAMLError as error:
            fault = syntax.fault(error, default=self._source.position())
            # What was read last may go on in the line that is torn.
            self.torn = min(fault.since, self._latest)
            self.mistakes.append(fault.mistake)
            return None
        except (ValueError, OverflowError):
            # PyYAML passes the digits of \\U… and of %YAML to chr() and int() as they are.
            at = self._source.position()
            self.tear(at, (), "a number here is too large", "Write the character itself")
            return None
        if isinstance(event, ScalarEvent) and event.start_mark is not None:
            self._latest = event.start_mark.line + 1
        return event

    def tear(self, at: Position, trail: Trail, what: str, instead: str) -> None:
        """Complain and read no further."""
        self.complain(at, trail, what, instead)
        self.torn = at.line if self.torn is None else self.torn

    def complain(self, at: Position, trail: Trail, what: str, instead: str) -> None:
        """Remember a mistake; what is closed behind a tear is none."""
        if self.torn is None:
            self.mistakes.append(Mistake(at=at, trail=trail, what=what, instead=instead))

    @property
    def told(self) -> int:
        """How many mistakes there are so far."""
        return len(self.mistakes)

    def forget(self, told: int) -> None:
        """Forget the mistakes after the first so many; a torn text must stay a mistake."""
        if self.torn is None:
            del self.mistakes[told:]


class _Source(Reader, Scanner, Parser):
    """A PyYAML loader without a composer, a constructor and a resolver."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def position(self) -> Position:
        """Return how far the text was read."""
        return Position(self.line + 1, self.column + 1)
