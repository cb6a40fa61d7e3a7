"""What happens to articles, for rooms above that take part (notices, items)."""

from __future__ import annotations

from dataclasses import dataclass

from hengwei.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ArticleEvent(Event):
    """Something happened to an article. Listeners registered on ArticleEvent hear every one of them."""

    article_id: int


@dataclass(frozen=True, kw_only=True)
class ArticleSubmitted(ArticleEvent):
    """A version waits for review; `asked_id` is the person asked for it, where one was."""

    version_id: int
    asked_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ArticleReturned(ArticleEvent):
    """A version was sent back to its author."""

    author_id: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    """A version is what readers see from now on."""

    version_id: int
    author_id: int | None = None
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticleWithdrawn(ArticleEvent):
    """It was archived or superseded."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReviewDue(ArticleEvent):
    """Its review falls due soon or is overdue: its owner is to be told (C3)."""

    owner_id: int | None
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class CorrectionSuggested(ArticleEvent):
    """A reader said what should change."""

    correction_id: int
    owner_id: int | None


@dataclass(frozen=True, kw_only=True)
class CorrectionDecided(ArticleEvent):
    """The owner answered a reader."""

    correction_id: int
    author_id: int
