"""What every room's API shares: who acts, pages by keyset, and errors as RFC 9457 problems."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BaseModel, Field

from .acting import Actor
from .asked import signed_in
from .errors import ActionError, Refused

#: Rows of a page: unless asked otherwise, and at most.
PAGE, PAGE_MAX = 50, 200

T = TypeVar("T")


class Out(BaseModel):
    """A part of an answer that is made as a dict. Ninja's Schema looks every value up as an attribute, which takes three times as long."""


class Page(Schema, Generic[T]):
    """One page of a list. `next` is the cursor of the page after it, null on the last."""

    items: list[T]
    next: str | None = Field(None, description="Pass as `cursor` to get the page that follows.")


class Problem(Schema):
    """An error, as application/problem+json (RFC 9457)."""

    type: str = Field(description="A stable identifier of the kind of problem.")
    title: str = Field(description="What went wrong, in the language of Accept-Language.")
    status: int
    code: str
    field: str | None = None
    detail: Any = None


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request."""
    return Actor(user=signed_in(request), via="api", address=request.META.get("REMOTE_ADDR", ""))


def _encode(values: list[Any]) -> str:
    raw = json.dumps([v.isoformat() if hasattr(v, "isoformat") else v for v in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(cursor: str, size: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != size or not all(isinstance(v, str | int) for v in values):
        raise Refused(_("This cursor is not one of ours; start from the first page."), code="bad_cursor", field="cursor")
    return values


def keyset(
    queryset: models.QuerySet[Any], *, order: tuple[str, ...] = ("-id",), cursor: str = "", limit: int = PAGE,
    show: Callable[[Any], Any] = lambda row: row,
) -> dict[str, Any]:
    """A page of a queryset, at a cost that does not grow with the page's number.

    `order` names non-null columns, all ascending or all descending, the last of them unique; an index must fit it.
    """
    limit = max(1, min(limit, PAGE_MAX))
    descending = order[0].startswith("-")
    names = [name.lstrip("-") for name in order]
    if any(name.startswith("-") != descending for name in order):
        raise ValueError("a keyset runs in one direction")
    queryset = queryset.order_by(*order)
    if cursor:
        values = _decode(cursor, len(names))
        for index, name in enumerate(names):
            if isinstance(queryset.query.annotations.get(name) or queryset.model._meta.get_field(name), models.DateTimeField):
                values[index] = parse_datetime(str(values[index]))
                if values[index] is None:
                    raise Refused(_("This cursor is not one of ours; start from the first page."), code="bad_cursor", field="cursor")
        beyond, op = Q(), "lt" if descending else "gt"
        for depth in range(len(names)):
            here = Q(**{name: values[i] for i, name in enumerate(names[:depth])}, **{f"{names[depth]}__{op}": values[depth]})
            beyond |= here
        # The plain bound on the first column lets PostgreSQL start in the index right there.
        queryset = queryset.filter(Q(**{f"{names[0]}__{op}e": values[0]}), beyond)
    rows = list(queryset[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return {
        "items": [show(row) for row in rows],
        "next": _encode([getattr(rows[-1], name) for name in names]) if more else None,
    }


def problem(*, status: int, title: str, code: str, field: str | None = None, detail: Any = None) -> HttpResponse:
    """An error response."""
    body = {"type": f"urn:hengwei:problem:{code}", "title": title, "status": status, "code": code}
    if field:
        body["field"] = field
    if detail is not None:
        body["detail"] = detail
    return HttpResponse(json.dumps(body, ensure_ascii=False, default=str), status=status, content_type="application/problem+json")


def problem_of(error: ActionError) -> HttpResponse:
    """The response for an action's refusal."""
    return problem(
        status=error.status, title=str(error.message), code=error.code, field=error.field, detail=error.params or None,
    )
