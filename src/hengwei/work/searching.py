"""Work items in the search: title, words and numbers; internal words apart from public ones."""

from __future__ import annotations

from hengwei.core import search
from hengwei.work.models import Entry, WorkItem

#: Words of a long timeline beyond this many characters are not indexed: the newest are.
INDEXED_CHARACTERS = 40_000


def index(item: WorkItem, *, entries: list[Entry] | None = None) -> None:
    """Write the search entry of an item; with `entries` (all of them), their words too."""
    public, internal = [item.description, item.subject, item.solution], [item.cause]
    for entry in reversed(entries or []):
        if entry.has_words or entry.text:
            (public if entry.public else internal).append(entry.text)
    search.index(
        "item", item.pk, title=f"{item.number} {item.title}",
        public_text="\n".join(filter(None, public))[:INDEXED_CHARACTERS],
        internal_text="\n".join(filter(None, internal))[:INDEXED_CHARACTERS],
    )
