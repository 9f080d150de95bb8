"""The answers of a bundle, shown: as tables and an overview on a terminal, as CSV and JSON for programs."""

from ._parts import Parts, parts_of, reason_of, tally
from ._records import answers_csv, answers_json
from ._tables import answers_table, overview

__all__ = ["Parts", "answers_csv", "answers_json", "answers_table", "overview", "parts_of", "reason_of", "tally"]
