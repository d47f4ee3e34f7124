"""What nobody foresaw: told as a bug, with the traceback in a file instead of on the screen."""

import os
import sys
import traceback
from tempfile import mkstemp
from types import TracebackType

from vipprov.guest.errors import VipprovError
from vipprov.pipelines.cli.output import failure, noted

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h


class Bugs:
    """A block in which an exception that is nobody's becomes a sentence and exit code 70."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, VipprovError):
            return  # nothing, an exit, Ctrl-C, or an error with words of its own
        descriptor, path = mkstemp(prefix="vipprov-bug-", suffix=".txt")  # for its owner alone
        with os.fdopen(descriptor, "w") as file:
            traceback.print_exception(error, file=file)
        brief = f"this is a bug: {type(error).__name__}."
        failure(brief, *noted(error), f"Please report it, with {path}.")
        sys.exit(EXIT_CODE)
