"""The rail on the left: each room registers its entries in its own `menu.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry. Shown to those who hold `permission`; '' stands for everyone who works here."""

    key: str
    label: Message
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    #: Shown as a number beside the word; None for none.
    count: Callable[[Any], int | None] | None = None
    #: Whether to show it at all, where a permission does not say it.
    shown: Callable[[Any], bool] = lambda user: True
    #: The key of the entry under which it stands, shown while that section is open.
    parent: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Corner:
    """A sign at the top right with a number on it, such as the bell. `count` is asked on every page: make it cheap."""

    key: str
    label: Message
    icon: str
    url_name: str
    count_url_name: str
    count: Callable[[Any], int]
    #: News of `<topic>:<the person>` fetch it anew; with `when_none=False` it is only there when it counts something.
    topic: str = "user"
    when_none: bool = True

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def count_url(self) -> str:
        return reverse(self.count_url_name)


_corners: dict[str, Corner] = {}


def register_corner(corner: Corner) -> Corner:
    """Add a sign, or replace the one of its key."""
    _corners[corner.key] = corner
    return corner


def corners_for(user: Any) -> list[tuple[Corner, int]]:
    """The signs with their numbers, for staff."""
    if not user.is_authenticated or not user.is_agent:
        return []
    return [(corner, corner.count(user)) for corner in _corners.values()]


_entries: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> MenuEntry:
    """Add an entry, or replace the one of its key."""
    _entries[entry.key] = entry
    return entry


def entries_for(user: Any) -> list[MenuEntry]:
    """What this person may go to, in order; those under another one too."""
    if not user.is_authenticated or not user.is_agent:
        return []
    return sorted((e for e in _entries.values() if (not e.permission or user.may(e.permission)) and e.shown(user)), key=lambda e: (e.order, e.key))


def rail(user: Any, path: str) -> list[tuple[MenuEntry, bool, list[tuple[MenuEntry, bool]]]]:
    """The rail of a page: each entry, whether the page is of it, and the entries under it while its section is open."""
    entries = entries_for(user)
    here = max((e for e in entries if path == e.url or path.startswith(f"{e.url.rstrip('/')}/")), key=lambda e: len(e.url), default=None)
    if here is None and (behind := section_of(path)) is not None:
        here = next((e for e in entries if e.key == behind[0]), None)
    top = {e.key for e in entries if not e.parent}
    section = "" if here is None else here.parent if here.parent in top else here.key
    made = []
    for entry in entries:
        if entry.parent in top:
            continue
        under = [(e, e is here) for e in entries if e.parent == entry.key] if entry.key == section else []
        made.append((entry, entry is here, under))
    return made


def counts_for(user: Any) -> dict[str, int]:
    """The numbers beside the entries; those of nothing are left out."""
    found = {e.key: e.count(user) for e in entries_for(user) if e.count is not None}
    return {key: n for key, n in found.items() if n}


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """Something that is set up now and then: a card on the settings page, in one of GROUPS."""

    key: str
    label: Message
    description: Message
    icon: str
    url_name: str
    permission: str
    group: str
    order: int = 100

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """Figures that a room shows: a card on the page of reports."""

    key: str
    label: Message
    description: Message
    icon: str
    url_name: str
    permission: str
    order: int = 100

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_reports: dict[str, ReportEntry] = {}


def register_report(entry: ReportEntry) -> ReportEntry:
    """Add a card to the page of reports, or replace the one of its key."""
    _reports[entry.key] = entry
    return entry


def reports_for(user: Any) -> list[ReportEntry]:
    """The reports that this person may see, in order."""
    return sorted((e for e in _reports.values() if not e.permission or user.may(e.permission)), key=lambda e: (e.order, e.key))


def section_of(path: str) -> tuple[str, SettingsEntry | ReportEntry] | None:
    """The rail's entry ("settings", "reports") through whose page one comes to an address, and the card that leads there."""
    cards: list[tuple[str, SettingsEntry | ReportEntry]] = [*(("settings", e) for e in _settings.values()), *(("reports", e) for e in _reports.values())]
    return max((card for card in cards if path == card[1].url or path.startswith(f"{card[1].url.rstrip('/')}/")), key=lambda card: len(card[1].url), default=None)


#: The groups of the settings page, in order.
GROUPS: dict[str, Message] = {
    "people": _("People and customers"), "desk": _("Service desk"), "agreements": _("Agreements and working time"), "automation": _("Routing and automation"),
    "knowledge": _("Knowledge"), "channels": _("Channels and notices"), "governance": _("Regulations"), "system": _("System and security"),
}
_settings: dict[str, SettingsEntry] = {}


def register_setting(entry: SettingsEntry) -> SettingsEntry:
    """Add a card, or replace the one of its key; its group must be one of GROUPS."""
    if entry.group not in GROUPS:
        raise ValueError(f"{entry.key}: there is no group {entry.group!r} of settings")
    _settings[entry.key] = entry
    return entry


def way_to(user: Any, path: str) -> MenuEntry | None:
    """For the first page behind a card of the settings or reports: the entry of the rail that leads back."""
    section = section_of(path)
    if section is None or path != section[1].url or not user.is_agent:
        return None
    return next((e for e in entries_for(user) if e.key == section[0]), None)


def settings_for(user: Any) -> list[tuple[Message, list[SettingsEntry]]]:
    """What this person may set up, by group."""
    mine = sorted((e for e in _settings.values() if not e.permission or user.may(e.permission)), key=lambda e: (e.order, e.key))
    return [(label, held) for group, label in GROUPS.items() if (held := [e for e in mine if e.group == group])]
