"""Slices: on which test photos a pairing fails, by measured properties and by categories of one's own."""

from ._cuts import CUTS, SCORES, Cuts
from ._errors import TRUTHS, Kind
from ._membership import Membership, memberships
from ._of_run import slices_of_pairings, slices_of_run
from ._rates import ENOUGH, SliceRate, Slices, slices_of
from ._text import (
    SLICE_COLUMNS,
    TITLES,
    alike_text,
    figures_of,
    slice_records,
    slices_legend,
    slices_sentence,
    slices_text,
)

__all__ = [
    "CUTS",
    "ENOUGH",
    "SCORES",
    "SLICE_COLUMNS",
    "TITLES",
    "TRUTHS",
    "Cuts",
    "Kind",
    "Membership",
    "SliceRate",
    "Slices",
    "alike_text",
    "figures_of",
    "memberships",
    "slice_records",
    "slices_legend",
    "slices_of",
    "slices_of_pairings",
    "slices_of_run",
    "slices_sentence",
    "slices_text",
]
