"""What the knowledge base does by itself: reminders, links looked at again, words indexed anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hengwei.core import outgoing
from hengwei.core.acting import Actor, current
from hengwei.core.errors import ActionError, Refused
from hengwei.core.events import emit
from hengwei.core.jobs import job, timer
from hengwei.core.tasks import Work, task

from . import searching

#: Days before a review falls due at which its owner is told for the first time.
REMIND_DAYS = 14
#: Days between two looks at the same address outside.
LOOK_AGAIN_DAYS = 30


@task("knowledge.import", _("Articles imported"))
def import_articles(work: Work, *, files: list[str], category: int | None, audience: str, twice: bool) -> None:
    """Drafts of Markdown and Word files, each committed by itself; begun anew, it makes none twice."""
    from hengwei.core.models import StoredFile

    from .actions import exchange
    from .models import Category

    by = current()
    stored = StoredFile.objects.in_bulk(files, field_name="pk")
    rows = exchange.read([file for pk, file in sorted(stored.items(), key=lambda pair: files.index(str(pair[0])))], by=by)
    work.expect(len(rows))
    chosen, made = Category.objects.filter(pk=category).first() if category else None, 0
    for row in rows:
        try:
            made += exchange.make(row, by=by, category=chosen, audience=audience, twice=twice, since=work.row.created_at) is not None
        except ActionError as error:
            work.fault(row.name, str(error))
        work.step()
    work.tell(ngettext("%(n)d draft was made.", "%(n)d drafts were made.", made) % {"n": made}, made=made)


@timer("20 22 * * *", _("Remind owners of articles that are due for review"))
def remind_of_reviews(timestamp: int) -> None:
    """Early each morning in Shanghai: owners are told of reviews that fall due, and again once they are overdue (C3)."""
    remind(timezone.now())


def remind(now: datetime) -> int:
    """Emit ReviewDue once two weeks before the day, and once a week after it; returns how many."""
    from .events import ReviewDue
    from .models import Article

    on, told = timezone.localtime(now).date(), 0
    for article in Article.objects.review_due_by(on + timedelta(days=REMIND_DAYS)).iterator():
        due = article.next_review_on
        overdue = due is not None and due < on
        last = article.reminded_on
        if last is not None and not (overdue and due is not None and (last < due or last <= on - timedelta(days=7))):
            continue
        with transaction.atomic():
            Article.objects.filter(pk=article.pk).update(reminded_on=on)
            emit(ReviewDue(article_id=article.pk, owner_id=article.owner_id, overdue=overdue, actor=Actor(), at=now))
        told += 1
    return told


@timer("40 20 * * *", _("Look for broken links in articles"))
def look_at_links(timestamp: int) -> None:
    """Every night: links of published articles that lead nowhere any more."""
    from .actions.links import check_inside, check_outside

    now = timezone.now()
    check_inside(now)
    check_outside(now, ask, older_than=now - timedelta(days=LOOK_AGAIN_DAYS))


def ask(address: str) -> str:
    """Why an address outside leads nowhere; '' when something answers, or when we may not look (the company's own net).

    A page that demands a sign-in is no broken link; nor is a server that is overloaded for a moment.
    """
    try:
        answer = outgoing.call("GET", address, most=1024)
    except outgoing.Blocked:
        return ""
    except (outgoing.Unreachable, Refused) as error:
        return str(error)[:200]
    return f"HTTP {answer.status}" if answer.status in (404, 410) else ""


@job(queue="search")
def index_again(category: int | None = None) -> None:
    """The articles of a category and all below it (of all where none is named) enter the search anew."""
    from .models import Article, Category

    rows = Article.objects.select_related("published", "category", "category__parent")
    if category is not None:
        branch, last = {category}, 0
        while len(branch) != last:
            last = len(branch)
            branch |= set(Category.objects.filter(parent__in=branch).values_list("pk", flat=True))
        rows = rows.filter(category__in=branch)
    for article in rows.iterator():
        searching.index(article)
