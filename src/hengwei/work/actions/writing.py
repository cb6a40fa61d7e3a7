"""What every action on an item does around its own rule: lock, log, save, tell.

    item = item.locked(version)
    with writing(item, by=by, at=at) as log:
        item.owner = user
        log.record(Entry.Kind.ASSIGNMENT, details={...})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.core.i18n import Bilingual, Words
from hengwei.work.models import Entry, WorkItem

#: Length of the newest words kept on the item for lists.
EXCERPT = 160


def excerpt(text: str) -> str:
    """The first words of a text on one line, as long as a list row shows."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


class Log:
    """Collects what an action writes on one item, so that the row is saved once."""

    def __init__(self, item: WorkItem, by: Actor, at: datetime):
        self.item, self.by, self.at = item, by, at
        self.entries: list[Entry] = []
        self._drafts: list[Entry] = []

    def record(
        self, kind: str, *, public: bool = False, text: str = "", html: str = "", quoted: str = "",
        details: dict[str, Any] | None = None, at: datetime | None = None, author: Any = None, by_staff: bool | None = None,
        held_until: datetime | None = None,
    ) -> Entry:
        """Add an entry to the timeline. `author` is who said it, where that is not the actor (a mail, a logged call)."""
        entry = self.draft(
            kind, public=public, text=text, html=html, quoted=quoted, details=details, at=at, author=author, by_staff=by_staff, held_until=held_until)
        self.write()
        return entry

    def draft(
        self, kind: str, *, public: bool = False, text: str = "", html: str = "", quoted: str = "",
        details: dict[str, Any] | None = None, at: datetime | None = None, author: Any = None, by_staff: bool | None = None,
        held_until: datetime | None = None,
    ) -> Entry:
        """The same, put on record by the next `write` or `record`, all that waits in one statement."""
        author = author or self.by.user
        if by_staff is None:
            by_staff = bool(author and author.is_agent and not self.item.is_requester(author))
        entry = Entry(
            item=self.item, kind=kind, public=public, author=author, by_staff=by_staff, via=self.by.via, text=text,
            html=html, quoted=quoted, details={**(details or {}), **({"rules": list(self.by.chain)} if self.by.chain else {})},
            happened_at=at or self.at, held_until=held_until,
        )
        self.entries.append(entry)
        self._drafts.append(entry)
        if entry.has_words:
            item = self.item
            item.last_entry_at = entry.happened_at
            item.last_entry_by = str(author) if author else ""
            item.last_entry_text = excerpt(text)
            if public:
                item.last_public_at = entry.happened_at
                item.last_public_from_requester = not by_staff
        return entry


    def write(self) -> None:
        """Put the drafts on record."""
        Entry.objects.bulk_create(self._drafts)
        self._drafts = []


@contextmanager
def writing(item: WorkItem, *, by: Actor, at: datetime, fields: Iterable[str] | None = None) -> Iterator[Log]:
    """Save the locked item once at the end, one version on, and tell the open pages. Nothing is saved on an error."""
    log = Log(item, by, at)
    yield log
    item.version += 1
    item.updated_at = at
    item.save(update_fields=[*fields, "version", "updated_at"] if fields is not None else None)
    live.announce(f"item:{item.pk}", version=item.version)
    announce_queue(item)


def name_in_each(field: str, row: Any) -> dict[str, str]:
    """The name of a row as facts of an entry: the company's own, and beside it the English one where it has another."""
    if not row:
        return {field: ""}
    if not isinstance(row, Bilingual):
        return {field: str(row)}
    return {field: row.name, **({f"{field}_en": row.name_en} if row.name_en and row.name_en != row.name else {})}


def changes_in_each(changes: Mapping[str, Sequence[Any]], show: Callable[[str, Any], Any]) -> dict[str, Any]:
    """What changed, as facts of an entry: before and after by field; what reads otherwise in English beside it."""

    def shown(code: str) -> dict[str, list[Any]]:
        with override(code):
            return {name: [show(name, one) for one in pair] for name, pair in changes.items()}

    chinese, english = shown("zh-hans"), shown("en")
    apart = {name: pair for name, pair in english.items() if pair != chinese[name]}
    return {"changes": chinese, **({"changes_en": apart} if apart else {})}


def said(why: Words) -> tuple[str, dict[str, Any]]:
    """Why something was done, as the text and the facts of an entry: what somebody typed, or words kept in each language."""
    return (why, {}) if isinstance(why, str) else ("", {"reason": dict(why)})


def announce_queue(item: WorkItem) -> None:
    """Tell the lists that a row changed."""
    live.announce("queue", item=item.pk, team=item.team_id, owner=item.owner_id)


def moment(at: datetime | None) -> datetime:
    """The moment of an action: the one it was given, or now, taken once."""
    return at if at is not None else timezone.now()
