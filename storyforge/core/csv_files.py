"""Tables as CSV (RFC 4180) that a spreadsheet opens without computing anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it spreadsheets take UTF-8 for something else
# What makes a cell a formula, full-width forms among it, and what some programs skip before they look.
FORMULA = tuple("=+-@\t\r\n\0|%＝＋－＠")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8 with CRLF. Numbers stay numbers; text that a spreadsheet would run gets a quote."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([cell(each) for each in header])
    writer.writerows([cell(each) for each in row] for row in rows)
    return out.getvalue().encode()


def cell(value: object) -> object:
    """The value as it stands in a cell: text beginning like a formula, also after blanks, is text."""
    if not isinstance(value, str):
        return "" if value is None else value
    plain = value.replace("\0", "")
    return f"'{plain}" if value.lstrip(" \u00a0").startswith(FORMULA) else plain
