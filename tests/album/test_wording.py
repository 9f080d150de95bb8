"""A page says of its faces what is true of who proposed them, and nothing else changes."""

from dataclasses import asdict

import pytest
from facebench.album import REVIEW, REVIEW_OF_SCORES, Album, Wording, album_page, labels_of
from facebench.album._wording import FIND


def page_of(album: Album, wording: Wording) -> str:
    return b"".join(album_page(album, labels_of(album), wording)).decode()


@pytest.mark.parametrize("wording", [FIND, REVIEW, REVIEW_OF_SCORES], ids=["find", "review", "scores"])
def test_every_sentence_of_a_wording_is_on_its_page(wording: Wording, album: Album) -> None:
    page = page_of(album, wording)
    assert [sentence for sentence in asdict(wording).values() if sentence not in page] == []


def test_pages_differ_in_lines_with_these_sentences_alone(album: Album) -> None:
    pages = [page_of(album, wording).splitlines() for wording in (FIND, REVIEW)]
    different = [line for line, other in zip(*pages, strict=True) if line != other]
    assert len(different) == len(asdict(FIND)) - 1  # the measure stands beside the name of what is kept
    assert all(any(sentence in line for sentence in asdict(FIND).values()) for line in different)


def test_a_page_is_one_of_find_unless_it_says_otherwise(album: Album) -> None:
    assert b"".join(album_page(album, labels_of(album))).decode() == page_of(album, FIND)
    assert '<h1>facebench <span>find</span></h1>\n<p class="lead">Which of these faces are you?</p>' in page_of(
        album, FIND
    )
