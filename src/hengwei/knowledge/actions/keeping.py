"""Keeping the order of the knowledge base: categories, synonyms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import search
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.i18n import listed
from hengwei.core.jobs import enqueue
from hengwei.core.models import SynonymGroup
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.models import Audience, Category, State

from .writing import check_audience, moment


@transaction.atomic
def save_category(
    category: Category | None, *, by: Actor, key: str, name: str, name_en: str = "", parent: Category | None = None, description: str = "", description_en: str = "",
    icon: str = "", audience: str = Audience.EVERYONE, customers: Sequence[Any] = (), teams: Sequence[Any] = (), order: int = 100,
) -> Category:
    """Make a category, or change it. Its articles enter the search anew where its readers change."""
    from hengwei.knowledge.jobs import index_again

    by.require(perms.MANAGE)
    category = category or Category()
    if not name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    if Category.objects.filter(key=key).exclude(pk=category.pk).exists():
        raise Refused(_("There is a category of this key already."), code="taken", field="key")
    check_audience(audience, customers, teams)
    above: Category | None = parent
    while above is not None:
        if above.pk == category.pk:
            raise Refused(_("A category cannot lie below itself."), code="circle", field="parent")
        above = above.parent
    moved = category.pk is not None and (category.audience, category.parent_id) != (audience, parent.pk if parent else None)
    category.key, category.name, category.name_en, category.parent, category.order = key, name.strip(), name_en.strip(), parent, order
    category.description, category.description_en, category.icon, category.audience = description.strip(), description_en.strip(), icon.strip() or "book-2", audience
    category.save()
    category.customers.set(customers)
    category.teams.set(teams)
    if moved:
        enqueue(index_again, category=category.pk)
    return category


def archive_category(category: Category, *, by: Actor, at: datetime | None = None) -> Category:
    """No longer offered. What is still published in it keeps it from being archived."""
    by.require(perms.MANAGE)
    if category.articles.filter(state=State.PUBLISHED).exists() or category.children.filter(archived_at=None).exists():
        raise Refused(_("There are still articles or categories in it."), code="not_empty")
    category.archived_at = moment(at)
    category.save(update_fields=["archived_at"])
    return category


@transaction.atomic
def save_synonyms(group: SynonymGroup | None, *, by: Actor, words: Sequence[str]) -> SynonymGroup:
    """Words that mean the same to this department: whoever asks for one finds the others."""
    by.require(perms.MANAGE)
    cleaned = list(dict.fromkeys(" ".join(word.split())[:60] for word in words if word.strip()))
    if len(cleaned) < 2:
        raise Refused(_("Please give at least two words."), code="missing", field="words")
    others = SynonymGroup.objects.filter(words__overlap=cleaned)
    if group is not None:
        others = others.exclude(pk=group.pk)
    for other in others:
        again = listed(word for word in cleaned if word in other.words)
        raise Refused(_("Already in another group: %(words)s") % {"words": again}, code="taken", field="words")
    group = group or SynonymGroup()
    group.words = cleaned
    group.save()
    search.forget()
    return group


def remove_synonyms(group: SynonymGroup, *, by: Actor) -> None:
    """These words no longer mean the same."""
    by.require(perms.MANAGE)
    group.delete()
    search.forget()
