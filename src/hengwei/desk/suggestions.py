"""What may answer a question before it becomes a request: each room that knows something registers here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hengwei.knowledge.suggesting import suggest
from hengwei.org.models import User

#: Shown at once while typing.
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to read. `excerpt` is plain text; `kind` says what it is, in the reader's language."""

    title: str
    url: str
    excerpt: str = ""
    icon: str = "file-text"
    kind: str = ""


#: Takes the words typed and who asks; None stands for somebody who is not signed in.
Source = Callable[[str, User | None], list[Suggestion]]
_sources: list[Source] = []


def suggests(source: Source) -> Source:
    """Register a source of suggestions."""
    if source not in _sources:
        _sources.append(source)
    return source


def suggestions_for(text: str, user: User | None) -> list[Suggestion]:
    """What fits the words, of all rooms, the first ones of each."""
    if not text.strip():
        return []
    found = [source(text, user) for source in _sources]
    return [one for place in range(AT_MOST) for some in found if place < len(some) for one in [some[place]]][:AT_MOST]


@suggests
def articles(text: str, user: User | None) -> list[Suggestion]:
    """Articles of the knowledge base that this person may read. Opened from here, they ask whether that solved it."""
    if user is None:
        return []
    return [
        Suggestion(one.article.label, f"{one.article.get_absolute_url()}?{urlencode({'asked': text[:300]})}", one.article.brief, "book", _("knowledge"))
        for one in suggest(text, user=user, limit=AT_MOST)
    ]
