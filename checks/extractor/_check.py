"""An extractor is checked in two processes of its own; this one only asks them, and loads nothing of a plug-in."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from ...errors import FacebenchError
from ._finding import RULES, Finding

# Not `multiprocessing`: that would import the caller's script once more. `sys.path` is handed over, as a plug-in may
# have been put there by the caller.
_START = (
    "import json, sys; task = json.load(sys.stdin); sys.path[:] = task.pop('path'); "
    "from facebench.checks.extractor._process import answer; answer(**task)"
)


def check_extractor(call: str) -> list[Finding]:
    """Return what was found on each rule of the contract of extractors, in the order of `RULES`.

    Photos are the ORL faces before pictures made in memory. Two fresh processes embed them, in which connections to
    other machines are refused. Only those made by Python are seen, not those of a library's own compiled code.

    Args:
        call: a name of `bench list` or a call string, such as "face_recognition(faces='center')".

    Raises:
        FacebenchError: unknown name or parameter, a refused value, or a plug-in that cannot be imported.

    >>> [finding.rule for finding in check_extractor("colour") if finding.state != "ok"]
    []
    """
    here = _answer(call, None)
    found = _findings(here) + (_findings(_answer(call, here["batch"])) if here["batch"] else [])
    # A rule that both processes looked at is broken if one of them says so.
    worst = {finding.rule: finding for finding in sorted(found, key=lambda finding: finding.state == "fault")}
    return [worst.get(rule, Finding(rule, "not checked", "another fault is in the way")) for rule in RULES]


def assert_extractor(call: str) -> None:
    """Check an extractor in a plug-in's own tests.

    Args:
        call: as `check_extractor`.

    Raises:
        AssertionError: a rule is broken; the message has a line for each.
        FacebenchError: as `check_extractor`.

    >>> assert_extractor("colour")
    """
    faults = [finding for finding in check_extractor(call) if finding.state == "fault"]
    if faults:
        told = [f"{finding.rule} ({RULES[finding.rule]}): {finding.detail}" for finding in faults]
        raise AssertionError("\n- ".join([f"{call} breaks the contract of extractors:", *told]))


def _answer(call: str, batch: list[Any] | None) -> dict[str, Any]:
    """Return what a fresh process found; its end without an answer is a fault."""
    task = json.dumps({"path": sys.path, "call": call, "batch": batch})
    command = [sys.executable, "-P", "-c", _START]
    done = subprocess.run(command, input=task, capture_output=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603 (our own program)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().rpartition("\n")[2]
        detail = f"its process ended with code {done.returncode}{said and f': {said}'}"
        fault = {"rule": "extractor" if batch is None else "process", "state": "fault", "detail": detail}
        return {"findings": [fault], "batch": None}
    if "refused" in answer:
        raise FacebenchError(answer["refused"])
    return answer


def _findings(answer: dict[str, Any]) -> list[Finding]:
    return [Finding(**finding) for finding in answer["findings"]]
