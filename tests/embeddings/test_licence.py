"""Commercial use of weights: known by the hash of their file, said in the tables, and asked about before training."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from facebench.benchmarks import Settings, run_benchmark
from facebench.benchmarks.comparison import compare_runs
from facebench.bundles import refuse_licence
from facebench.data import Dataset, Photo
from facebench.embeddings import Card, Extractor, Failure, Outcome, extractors, terms_of
from facebench.errors import FacebenchError

ARCFACE = "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f"


@pytest.mark.parametrize(
    ("name", "commercial"),
    [("mobilenet", "yes"), ("background", "yes"), ("face_recognition", "yes"), ("sface", "unknown"), ("arcface", "no")],
)
def test_of_the_built_in_weights_it_is_known_why(name: str, commercial: str) -> None:
    card = extractors.create(name).card
    terms = terms_of(vars(card))
    assert terms is not None
    assert (terms.commercial, card.commercial) == (commercial, commercial)
    assert len(terms.why) > 20


def test_without_weights_there_is_nothing_to_licence() -> None:
    assert terms_of(vars(extractors.create("colour").card)) is None


def test_a_known_file_is_known_whatever_a_card_says() -> None:
    card = Card("mine", 512, "face", weights_sha256=ARCFACE, licence="MIT", commercial="yes")
    terms = terms_of(vars(card))
    assert terms is not None
    assert terms.commercial == "no"


@pytest.mark.parametrize("said", ["yes", "no", "unknown"])
def test_of_another_file_the_card_is_believed(said: str) -> None:
    terms = terms_of({"network": "mine", "licence": "MIT", "commercial": said})
    assert terms is not None
    assert (terms.commercial, terms.why) == (said, "MIT")


def test_vectors_do_not_depend_on_it() -> None:
    card = extractors.create("sface").card
    assert replace(card, commercial="no").facts() == card.facts()


class Restricted(Extractor):
    """One whose weights are for research."""

    card = Card("restricted", 2, "face", network="any", licence="research only", commercial="no")

    def embed(self, photos: list[Photo]) -> list[Outcome]:  # type: ignore[override]
        return [Failure("no_face") for _ in photos]


def test_training_with_such_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractors, "create", lambda name: Restricted())
    with pytest.raises(FacebenchError, match=r"may not be used commercially: research only\. Give --accept-licence"):
        refuse_licence("restricted")


def test_the_table_says_so(people: Callable[..., Dataset]) -> None:
    settings = Settings(extractors=["sface", "colour"], heads=["centroid"], max_targets=1)
    [group] = compare_runs([("0001", run_benchmark(people(8, photos=5), settings, lambda *_: None))])
    [note] = [note for note in group.notes if "[licence]" in note]
    assert note.startswith("sface: commercial use of its weights is not settled (published under Apache-2.0")
