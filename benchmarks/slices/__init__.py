"""Slices: on which test photos a pairing fails, by measured properties and by categories of one's own."""

from ._cuts import CUTS, SCORES, Cuts
from ._membership import Membership, memberships
from ._of_run import slices_of_run
from ._rates import ENOUGH, SliceRate, Slices, slices_of
from ._text import figures_of, slice_records, slices_sentence, slices_text

__all__ = [
    "CUTS",
    "ENOUGH",
    "SCORES",
    "Cuts",
    "Membership",
    "SliceRate",
    "Slices",
    "figures_of",
    "memberships",
    "slice_records",
    "slices_of",
    "slices_of_run",
    "slices_sentence",
    "slices_text",
]
