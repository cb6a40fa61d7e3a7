"""What of a timeline is shown: all, messages, notes, facts; of the item and those merged into it, or of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Message
from hengwei.work.models import WorkItem

#: What can be shown, and what it is called.
SHOWN: dict[str, Message] = {"": gettext_lazy("All"), "messages": gettext_lazy("Messages"), "notes": gettext_lazy("Internal notes"), "facts": gettext_lazy("Activity")}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How a reader narrowed a timeline. `of` is the number of one item; `in_pane` beside a list, whose address stays."""

    show: str = ""
    of: str = ""
    in_pane: bool = False

    @property
    def query(self) -> str:
        """The same as an address."""
        return urlencode({name: value for name, value in (("show", self.show), ("of", self.of)) if value})


def narrowing_of(request: HttpRequest, item: WorkItem) -> Narrowing:
    """From the address; what a form of the page answers keeps the address that the page has."""
    asked = {name: request.GET.get(name, "") for name in ("show", "of")}
    where = urlsplit(request.headers.get("HX-Current-URL", ""))
    in_pane = bool(request.GET.get("pane")) or bool(where.path and where.path != item.get_absolute_url())
    if where.query and not in_pane and not (request.GET.keys() & {"show", "of", "part"}):
        said = parse_qs(where.query)
        asked = {name: said.get(name, [""])[0] for name in asked}
    return Narrowing(asked["show"] if asked["show"] in SHOWN else "", asked["of"], in_pane)


def choices(item: WorkItem, merged: Any, now: Narrowing) -> list[dict[str, Any]]:
    """The choices over a timeline, each with its address; which item, where others were merged into it."""
    kinds = [{"label": label, "on": key == now.show, "query": Narrowing(key, now.of).query} for key, label in SHOWN.items()]
    others = [item.number, *(one.number for one in merged)]
    if len(others) == 1:
        return kinds
    items = [{"label": _("All items"), "on": not now.of, "query": Narrowing(now.show).query, "apart": True}]
    return [*kinds, *items, *({"label": number, "on": number == now.of, "query": Narrowing(now.show, number).query} for number in others)]
