"""Spreadsheets as rows of text: CSV in whatever encoding and with whatever separator, XLSX. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any
from zipfile import BadZipFile

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from hengwei.core.errors import Refused

#: Chinese Excel saves CSV in GB 18030 without saying so.
ENCODINGS = ("utf-8-sig", "gb18030")
#: Columns beyond this are no table of records.
WIDEST = 300


def decode(content: bytes) -> str:
    """The text of a CSV file; what is neither UTF-8 nor GB 18030 is detected."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(content[:200_000]).best()
    return content.decode(best.encoding if best else "latin-1", "replace")


def separator(text: str) -> str:
    """What separates the columns: the one that cuts the first lines into equally many, most pieces."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    best, most = ",", 0
    for mark in (",", ";", "\t", "|", "，"):
        counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
        if counts and counts[0] > 1 and counts[0] * sum(1 for n in counts if n == counts[0]) > most:
            best, most = mark, counts[0] * sum(1 for n in counts if n == counts[0])
    return best


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _grid(content: IO[bytes], name: str) -> Iterator[list[str]]:
    if name.lower().endswith((".xlsx", ".xlsm")):
        # Large, and numpy comes with it: read in with the first workbook, not by every process.
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            book = load_workbook(content, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
            raise Refused(_("This file cannot be opened as a spreadsheet: %(why)s") % {"why": error}, code="unreadable", field="file") from None
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from ([_plain(value) for value in row[:WIDEST]] for row in sheet.iter_rows(values_only=True))
        return
    text = decode(content.read())
    yield from ([cell.strip() for cell in row[:WIDEST]] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)))


def heads(content: IO[bytes], name: str) -> list[str]:
    """The names of the columns; Refused when there are none. Nameless ones are numbered, doubled ones too."""
    first = next((row for row in _grid(content, name) if any(row)), None)
    if first is None:
        raise Refused(_("The file is empty."), code="empty", field="file")
    return _named(first)


def _named(row: list[str]) -> list[str]:
    found: list[str] = []
    for number, cell in enumerate(row, 1):
        name = cell or _("column %(n)d") % {"n": number}
        found.append(name if name not in found else f"{name} ({number})")
    return found


def rows(content: IO[bytes], name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line of the file, column → text) for each row that is not empty; the first such line names the columns."""
    names: list[str] | None = None
    for number, row in enumerate(_grid(content, name), 1):
        if not any(row):
            continue
        if names is None:
            names = _named(row)
            continue
        yield number, dict(zip(names, row, strict=False))
