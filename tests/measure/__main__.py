"""`scripts/measure`: long measurements, and the pages that they are written down on."""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence

from measure import facts, kept, outagepage, outages, soak, soakpage
from measure.candidates import CANDIDATES, FEW
from measure.load import Load
from measure.soakpage import Soaked
from measure.subjects import SUBJECTS
from project import ROOT
from vipprov.guest.deadline import SystemClock

PAGES = ROOT / "docs" / "measurements"
QUICK_MINUTES, QUICK_RUNS = 1, 2


def main() -> None:
    """Measure what is asked for and not there yet; write the pages of what there is."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if asked.quick:
        asked.minutes, asked.runs = QUICK_MINUTES, QUICK_RUNS
    if "soak" in asked.what:
        _soak(asked)
    if "outages" in asked.what:
        _outages(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/measure",
        description="Soak candidate settings under load, and measure outages on an EVPN lab. What "
        "was measured is kept in .measured: a run goes on where an earlier one ended.",
    )
    parser.add_argument("what", nargs="*", default=["soak", "outages"], metavar="soak|outages")
    parser.add_argument(
        "--quick", action="store_true", help="a minute of few pairs, two runs; no pages"
    )
    parser.add_argument("--anew", action="store_true", help="forget what is kept")
    parser.add_argument("--minutes", type=int, default=30, help="of the soak (30)")
    parser.add_argument(
        "--yielding",
        action="store_true",
        help="let the soak's load give way to all else: to try it on a machine that others need",
    )
    parser.add_argument("--runs", type=int, default=20, help="of each fault (20)")
    parser.add_argument(
        "--seconds", type=float, help="begin no new run after so many; leave the lab for the next"
    )
    return parser


def _soak(asked: argparse.Namespace) -> None:
    if asked.anew:
        kept.forget(soak.NAME)
    candidates = FEW if asked.quick else CANDIDATES
    kind = Load.YIELDING if asked.yielding else Load.FULL
    soak.soak(soak.Wishes(candidates=candidates, minutes=asked.minutes, load=kind), _say)
    soaks = tuple(
        Soaked(load=found, minutes=minutes)
        for found, minutes in soak.kept_by_load(candidates).items()
    )
    text = soakpage.page(candidates, soaks, facts.facts(), _command())
    _show("soak.md", text, quick=asked.quick)


def _outages(asked: argparse.Namespace) -> None:
    if asked.anew:
        kept.forget(outages.NAME)
    wishes = outages.Wishes(runs=asked.runs, seconds=asked.seconds)
    if not outages.outages(wishes, SystemClock(), _say):
        _say("not all is measured yet; the same command goes on")
    runs = {
        (subject.name, fault): outages.runs(subject, fault)
        for subject in SUBJECTS
        for fault in outages.FAULTS
    }
    text = outagepage.page(SUBJECTS, runs, facts.facts(), _command())
    _show("outages.md", text, quick=asked.quick)


def _show(name: str, text: str, *, quick: bool) -> None:
    if quick:
        sys.stdout.write(text)
    else:
        (PAGES / name).write_text(text, encoding="utf-8")
        _say(f"written: docs/measurements/{name}")


def _command(arguments: Sequence[str] | None = None) -> str:
    return shlex.join(("scripts/measure", *(sys.argv[1:] if arguments is None else arguments)))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
