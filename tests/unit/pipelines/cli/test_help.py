"""Help is there for every command, shows usage that works, and costs no heavy import."""

import re
import shlex
import signal
import subprocess
import sys

import pytest

from commands import Words, commands, groups

HEAVY = {"libvirt", "libvirt_lxc", "pyroute2", "pydantic", "yaml", "rich", "pycdlib", "bcrypt"}


def test_the_walk_reaches_the_sub_commands() -> None:
    assert {(), ("vm",)} <= groups().keys()
    assert {("verify",), ("vm", "create")} <= commands().keys()


@pytest.mark.parametrize("words", groups(), ids=" ".join)
def test_every_group_says_what_its_commands_are_about(words: Words) -> None:
    text = groups()[words].help or ""
    assert text
    assert not words or examples(text)[0].startswith(" ".join(("vipprov", *words)))


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_shows_examples_that_it_accepts(words: Words) -> None:
    command = commands()[words]
    lines = examples(command.help or "")
    assert lines
    for line in lines:
        assert line.startswith(" ".join(("vipprov", *words)))
        command.make_context("vipprov", arguments_of(line, words))  # raises UsageError


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_and_argument_is_explained(words: Words) -> None:
    unexplained = [
        parameter.name
        for parameter in commands()[words].params
        if not getattr(parameter, "help", None)
    ]
    assert unexplained == []


def test_the_way_to_help_imports_no_heavy_library() -> None:
    # -P: the checkout has a folder called cloudinit, and python -c would look there first.
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", "import sys, vipprov.pipelines.cli.main; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "typer" in loaded
    assert HEAVY.intersection(loaded) == set()


def test_ctrl_c_while_the_command_still_reads_its_modules_ends_it_without_a_word() -> None:
    script = (
        "import os, signal, sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from vipprov.pipelines.cli import start\n"
        "start.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", script], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def examples(text: str) -> list[str]:
    """Return the examples in a help text."""
    return re.findall(r"^Example: (.+)$", text, flags=re.MULTILINE)


def arguments_of(line: str, words: Words) -> list[str]:
    """Return what follows the command's words, without the shell's part."""
    return shlex.split(line.partition(" > ")[0])[len(words) + 1 :]
