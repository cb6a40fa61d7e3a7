"""What happens to regulations, for rooms that tell people of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hengwei.core.events import Event


@dataclass(frozen=True, kw_only=True)
class RegulationPublished(Event):
    """A version is in force."""

    version_id: int
    regulation_id: int


@dataclass(frozen=True, kw_only=True)
class ReadingAsked(Event):
    """People are to acknowledge a version; `again` when they are reminded."""

    version_id: int
    user_ids: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class ReviewDue(Event):
    """A regulation is to be reviewed soon, or should have been."""

    regulation_id: int
    user_id: int
    due_at: datetime
