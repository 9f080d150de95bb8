"""Text for terminals, pipes and files: tables, Markdown, CSV that is safe in spreadsheets, and progress."""

from ._csv import csv_text, plain_text, spreadsheet_safe
from ._markdown import escaped, markdown_table
from ._page import page_policy
from ._progress import Bar, progress_bar, waiting
from ._terminal import GAP, Format, present, terminal_table

__all__ = [
    "GAP",
    "Bar",
    "Format",
    "csv_text",
    "escaped",
    "markdown_table",
    "page_policy",
    "plain_text",
    "present",
    "progress_bar",
    "spreadsheet_safe",
    "terminal_table",
    "waiting",
]
