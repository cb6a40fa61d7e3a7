"""Finding our rows by what a file calls them; each text is asked once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from . import Wrong

_MISSING = object()


class Lookup:
    """Rows of a queryset by any of some fields, whatever the case; two that fit are as bad as none."""

    def __init__(self, rows: models.QuerySet[Any], *names: str):
        self.rows, self.names = rows, names
        self._found: dict[str, Any] = {}

    def find(self, text: str) -> Any:
        """The row, or None."""
        key = text.strip().casefold()
        found = self._found.get(key, _MISSING)
        if found is _MISSING:
            found = None
            for name in self.names:
                rows = list(self.rows.filter(Q(**{f"{name}__iexact": text.strip()}))[:2])
                if len(rows) == 1:
                    found = rows[0]
                    break
            self._found[key] = found
        return found

    def need(self, text: str, field: str) -> Any:
        """The row, None for no text; Wrong at the field when there is no such row, or more than one."""
        if not text.strip():
            return None
        found = self.find(text)
        if found is None:
            raise Wrong({field: _("There is no “%(text)s”, or more than one.") % {"text": text}})
        return found

    def keep(self, text: str, row: Any) -> None:
        """Remember a row that was just made."""
        self._found[text.strip().casefold()] = row
