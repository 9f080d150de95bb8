"""The table over runs: rows, columns, ranking, a caption and a sentence."""

from ._columns import COLUMNS, MAIN_COLUMNS, cell_of, check_columns
from ._curve import covered, left_out, print_curve
from ._groups import ChooseHard, Group, best_value, by_mean_rank, compare_runs, why_apart
from ._ranking import pareto_front
from ._render import fields_of, print_groups, print_runs, records_of, render
from ._row import Cell, Row
from ._run_facts import describe_run
from ._verdict import best_of, best_of_each

__all__ = [
    "COLUMNS",
    "MAIN_COLUMNS",
    "Cell",
    "ChooseHard",
    "Group",
    "Row",
    "best_of",
    "best_of_each",
    "best_value",
    "by_mean_rank",
    "cell_of",
    "check_columns",
    "compare_runs",
    "covered",
    "describe_run",
    "fields_of",
    "left_out",
    "pareto_front",
    "print_curve",
    "print_groups",
    "print_runs",
    "records_of",
    "render",
    "why_apart",
]
