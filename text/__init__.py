"""Text for terminals, pipes and files: tables, Markdown, CSV that is safe in spreadsheets, wrapped lines, progress."""

from ._csv import csv_text, plain_text, spreadsheet_safe
from ._grid import Grid, as_markdown, figure_width, laid_out, name_widths, tables_of
from ._markdown import escaped, markdown_table
from ._page import page_policy
from ._progress import Bar, Whole, progress_bar, waiting, whole
from ._shortened import shortened
from ._terminal import GAP, UNBOUNDED, Format, TextFormat, present, terminal_table, terminal_width
from ._wrapping import say, tell, wrapped

__all__ = [
    "GAP",
    "UNBOUNDED",
    "Bar",
    "Format",
    "Grid",
    "TextFormat",
    "Whole",
    "as_markdown",
    "csv_text",
    "escaped",
    "figure_width",
    "laid_out",
    "markdown_table",
    "name_widths",
    "page_policy",
    "plain_text",
    "present",
    "progress_bar",
    "say",
    "shortened",
    "spreadsheet_safe",
    "tables_of",
    "tell",
    "terminal_table",
    "terminal_width",
    "waiting",
    "whole",
    "wrapped",
]
