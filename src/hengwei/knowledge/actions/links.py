"""Links of published texts: which there are, and which lead nowhere."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.models import StoredFile
from hengwei.knowledge.models import Article, Link, State

from .writing import links_of

#: A target's answer: '' when it leads somewhere, else why not.
Asked = Callable[[str], str]
_ARTICLE = re.compile(r"^/knowledge/(KB-\d{4}-\d{6})$")
_FILE = re.compile(r"^/files/([0-9a-f-]{36})/")


def is_external(target: str) -> bool:
    """Whether it leads out of the house."""
    parts = urlsplit(target)
    return bool(parts.scheme or parts.netloc) and not target.startswith(f"{settings.SITE_URL}/")


def inside(target: str) -> str:
    """Why a link within the house leads nowhere; '' when it leads somewhere."""
    path = unquote(urlsplit(target.removeprefix(settings.SITE_URL)).path)
    if not path:
        return ""
    if match := _ARTICLE.match(path):
        article = Article.objects.filter(number=match[1]).only("state").first()
        if article is None:
            return _("There is no such article.")
        return "" if article.state == State.PUBLISHED else _("That article is %(state)s.") % {"state": article.get_state_display()}
    if match := _FILE.match(path):
        try:
            return "" if StoredFile.objects.filter(pk=uuid.UUID(match[1])).exists() else _("That file is gone.")
        except ValueError:
            return _("That file is gone.")
    try:
        resolve(path)
    except Resolver404:
        return _("There is no such page.")
    return ""


def note_links(article: Article, at: datetime | None = None) -> int:
    """Write down the links of the published version, those within the house checked at once; returns how many are broken."""
    at = at or timezone.now()
    targets = links_of(article.published) if article.published else []
    targets = [target[:1000] for target in targets]
    Link.objects.filter(article=article).exclude(target__in=targets).delete()
    known = {link.target: link for link in Link.objects.filter(article=article)}
    broken = 0
    for target in targets:
        link = known.get(target) or Link(article=article, target=target, external=is_external(target))
        if not link.external:
            link.reason = inside(target)
            link.broken, link.checked_at = bool(link.reason), at
        link.save()
        broken += link.broken
    return broken


def check_inside(at: datetime) -> int:
    """Look at every link within the house again: what it led to may be gone. Returns how many are broken."""
    broken = 0
    for link in Link.objects.filter(external=False, article__state=State.PUBLISHED).iterator():
        reason = inside(link.target)
        if reason != link.reason or link.checked_at is None:
            Link.objects.filter(pk=link.pk).update(reason=reason, broken=bool(reason), checked_at=at)
        broken += bool(reason)
    return broken


def check_outside(at: datetime, ask: Asked, *, older_than: datetime, most: int = 200) -> int:
    """Ask for addresses outside that were not looked at lately; returns how many were asked."""
    links = Link.objects.filter(Q(checked_at=None) | Q(checked_at__lt=older_than), external=True, article__state=State.PUBLISHED).order_by("checked_at")[:most]
    answers: dict[str, str] = {}
    for link in links:
        if link.target not in answers:
            answers[link.target] = ask(link.target)
        reason = answers[link.target][:200]
        Link.objects.filter(pk=link.pk).update(reason=reason, broken=bool(reason), checked_at=at)
    return len(answers)
