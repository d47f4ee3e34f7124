"""Where the command begins: until it can undo something, Ctrl-C ends it without a word."""

import gc
import os
import signal


def main() -> None:
    """Run the command; its modules are read under the system's own meaning of Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # what is read now is kept: to look for what is not costs a twentieth of it
    # pydantic would look through all that is installed for plugins, of which we want none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from vipprov.pipelines.cli import main as command

    gc.enable()
    try:
        command.main()
    finally:
        # Python looks through all that was loaded once more before it ends: a tenth of a second.
        gc.freeze()
