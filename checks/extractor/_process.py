"""What a fresh process does that checks an extractor: it refuses the network, checks, and writes what it found."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

import numpy as np

from ...embeddings import Embedding, Failure, Outcome, extractors
from ...errors import FacebenchError
from ._contract import Contract, judged
from ._finding import BrokenError, Finding
from ._network import refuse_network
from ._outcomes import raised


def answer(call: str, batch: list[Any] | None) -> None:
    """Check an extractor, and write the findings as JSON on standard output.

    Args:
        call: its call string.
        batch: outcomes of the photos from another process, to compare with; None: check all other rules.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what a plug-in prints is no part of the answer
        json.dump(_answer(call, batch), output)


def _answer(call: str, batch: list[Any] | None) -> dict[str, Any]:
    tried = refuse_network()
    outcomes: list[Outcome] = []
    try:
        extractor = extractors.create(call)
    except FacebenchError as error:
        return {"refused": str(error)}
    except (Exception, SystemExit) as error:
        findings = [Finding("extractor", "fault", f"its constructor {raised(error)}")]
    else:
        contract = Contract(call, extractor)
        if batch is None:
            findings = contract.findings()
            outcomes = contract.batch
        else:
            findings = [judged("process", lambda: contract.same_as([_outcome(each) for each in batch]))]
    findings.append(judged("network", lambda: _quiet(tried)))
    return {"findings": [asdict(finding) for finding in findings], "batch": [_plain(each) for each in outcomes]}


def _quiet(tried: list[str]) -> str:
    if tried:
        raise BrokenError(f"asked for {', '.join(dict.fromkeys(tried))}; that was refused")
    return "no connection was tried"


def _plain(outcome: Outcome) -> Any:
    return outcome.reason if isinstance(outcome, Failure) else np.asarray(outcome.vector).tolist()


def _outcome(plain: Any) -> Outcome:
    return Failure(plain) if isinstance(plain, str) else Embedding(np.array(plain))
