"""Work items in the search: title, words and numbers; internal words apart from public ones."""

from __future__ import annotations

from collections.abc import Sequence

from hengwei.core import search
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.models import Entry, WorkItem

#: Words of a long timeline beyond this many characters are not indexed: the newest are.
INDEXED_CHARACTERS = 40_000


def index(item: WorkItem, *, entries: list[Entry] | None = None) -> None:
    """Write the search entry of an item; with `entries` (all of them), their words too."""
    public, internal = [item.description, item.subject, item.solution], [item.cause, *item.labels]
    for entry in reversed(entries or []):
        if entry.has_words or entry.text:
            (public if entry.public else internal).append(entry.text)
    search.index(
        "item", item.pk, title=f"{item.number} {item.title}",
        public_text="\n".join(filter(None, public))[:INDEXED_CHARACTERS],
        internal_text="\n".join(filter(None, internal))[:INDEXED_CHARACTERS],
    )


def _visible(user: User, pks: Sequence[int]) -> set[int]:
    return set(WorkItem.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))


def _show(pks: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = WorkItem.objects.filter(pk__in=pks).values_list("pk", "number", "title")
    return {pk: (f"{number} {title}", f"/items/{number}") for pk, number, title in rows}


search.register("item", visible=_visible, show=_show, internal=lambda user: user.may(perms.VIEW_ALL))
