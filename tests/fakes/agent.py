"""A guest agent that runs what it is told on this machine, and says what it was asked for."""

import base64
import json
import subprocess
from typing import Any

from vipprov.guest.deadline import Deadline


class FakeAgent:
    """Answers as qemu-ga does. A command is over when it was asked for `polls` times."""

    def __init__(self, *, polls: int = 1, answers: dict[str, object] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._polls = polls
        self._answers = answers or {}
        self._status: dict[str, object] = {}

    def send(self, request: str, _by: Deadline) -> str:
        asked = json.loads(request)
        self.asked.append(asked)
        match asked["execute"]:
            case "guest-exec":
                self._status = _ran(asked["arguments"])
                return json.dumps({"return": {"pid": 7}})
            case "guest-exec-status":
                self._polls -= 1
                over = self._status | self._answers
                return json.dumps({"return": over if self._polls <= 0 else {"exited": False}})
            case command:
                return json.dumps({"return": self._answers[command]})


def _ran(arguments: dict[str, Any]) -> dict[str, object]:
    done = subprocess.run(
        [arguments["path"], *arguments["arg"]],
        input=base64.b64decode(arguments["input-data"]),
        env=dict(line.split("=", 1) for line in arguments["env"]),
        capture_output=True,
        check=False,
    )
    return {
        "exited": True,
        "exitcode": done.returncode,
        "out-data": base64.b64encode(done.stdout).decode(),
        "err-data": base64.b64encode(done.stderr).decode(),
    }
