"""Lists as files for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    """As French spreadsheets open it; a cell that one would run as a formula begins with an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    writer.writerows([["'" + cell if cell[:1] in FORMULA else cell for cell in line] for line in lines])
    return written.getvalue().encode("utf-8-sig")
