"""Items and knowledge: a draft from an item, articles suggested for it, what solved it, steps of the manual ticked off (C2, C4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.acting import Actor
from hengwei.core.errors import Message, Refused
from hengwei.core.i18n import in_each_language, is_chinese
from hengwei.flows.models import ItemArticle, ReusableSolution, StepDone
from hengwei.knowledge import permissions as kb
from hengwei.knowledge.actions.reading import count_solved
from hengwei.knowledge.actions.writing import create_article
from hengwei.knowledge.models import Article, Audience, FaultStep, Kind, System
from hengwei.knowledge.rendering import plain
from hengwei.knowledge.suggesting import Suggestion, suggest
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.actions.writing import moment, writing
from hengwei.work.models import Entry, WorkItem

How = ItemArticle.How
#: Kinds of items of which a known error is written rather than an answer to a question.
ERRORS = ("incident", "problem")


def suggested(item: WorkItem, *, user: User, text: str = "", limit: int = 5) -> list[Suggestion]:
    """What may help with this item: by its title, words and affected system; by what is being written, where that is given."""
    words = text.strip() or "\n".join((item.title, item.title, item.subject, item.description[:1500]))
    return suggest(words, user=user, limit=limit)


def used(item: WorkItem) -> list[ItemArticle]:
    """The articles of an item, the newest first."""
    return list(ItemArticle.objects.filter(item=item, undone_at=None).select_related("article", "by").order_by("-at", "-id"))


def names_in(item: WorkItem) -> list[str]:
    """Names that stand in an item's words and do not belong in an article."""
    customer = item.customer
    return [name for name in (item.requester.name if item.requester else "", item.owner.name if item.owner else "", customer.name if customer else "") if name]


@transaction.atomic
def draft_from_item(item: WorkItem, *, by: Actor, at: datetime | None = None) -> Article:
    """A draft with problem, cause and solution, in the language of the requester's; what is private in it is flagged, not hidden."""
    at = moment(at)
    by.require(perms.WORK)
    by.require(kb.WRITE)
    item = item.locked()
    present = ItemArticle.objects.filter(item=item, how=How.WRITTEN, undone_at=None).select_related("article").first()
    if present is not None:
        raise Refused(_("An article was written from this item already: %(number)s.") % {"number": present.article.number}, code="written", number=present.article.number)
    english = item.requester is not None and item.requester.language == "en"
    with translation.override("en" if english else "zh-hans"):
        parts = [(_("Problem"), item.description or item.title), (_("Cause"), item.cause), (_("Solution"), item.solution or _last_answer(item))]
        body = "\n\n".join(f"## {head}\n\n{words.strip() or _('(to be written)')}" for head, words in parts)
    end = "_en" if english else ""
    words: dict[str, Any] = {f"title{end}": item.title[:200], f"body{end}": body}
    article = create_article(
        by=by, kind=Kind.KNOWN_ERROR if item.kind in ERRORS else Kind.FAQ, audience=Audience.STAFF, tags=[tag for tag in (item.subject, *item.labels) if tag], at=at,
        note=_("From %(number)s") % {"number": item.number}, **words)
    _link(item, article, How.WRITTEN, by=by, at=at, words=gettext_lazy("article drafted: %(article)s"))
    return article


def _last_answer(item: WorkItem) -> str:
    entry = Entry.objects.filter(item=item, public=True, by_staff=True).exclude(text="").order_by("-happened_at", "-id").first()
    return entry.text if entry else ""


def _title(article: Article) -> str:
    """The title in the reader's language, else the one there is."""
    return article.title or article.title_en if is_chinese() else article.title_en or article.title


def _link(item: WorkItem, article: Article, how: str, *, by: Actor, at: datetime, words: Message) -> bool:
    """Write the link and a line of the timeline; False when it is there already."""
    _row, created = ItemArticle.objects.get_or_create(item=item, article=article, how=how, undone_at=None, defaults={"by": by.user, "at": at})
    if created:
        with writing(item, by=by, at=at) as log:
            log.record(Entry.Kind.RELATION, details={"article": article.number, "how": str(how), "words": in_each_language(lambda: str(words) % {"article": f"{article.number} {_title(article)}"})})
    return created


@transaction.atomic
def solved_by(item: WorkItem, article: Article, *, by: Actor, at: datetime | None = None) -> bool:
    """This article solved it; counted on the article. False when that was said already."""
    at = moment(at)
    by.require(perms.WORK)
    if not _link(item.locked(), article, How.SOLVED, by=by, at=at, words=gettext_lazy("solved by the article %(article)s")):
        return False
    count_solved(article.pk, 1)
    return True


@transaction.atomic
def sent(item: WorkItem, article: Article, *, by: Actor, at: datetime | None = None) -> bool:
    """A link to it, or its text, went into a reply."""
    by.require(perms.WORK)
    return _link(item.locked(), article, How.SENT, by=by, at=moment(at), words=gettext_lazy("article put into the reply: %(article)s"))


@transaction.atomic
def not_solved_by(item: WorkItem, article: Article, *, by: Actor, at: datetime | None = None) -> None:
    """It was not this article after all."""
    by.require(perms.WORK)
    item = item.locked()
    changed = ItemArticle.objects.filter(item=item, article=article, how=How.SOLVED, undone_at=None).update(undone_at=moment(at))
    if changed:
        count_solved(article.pk, -1)
        with writing(item, by=by, at=moment(at)) as log:
            log.record(Entry.Kind.RELATION, details={"article": article.number, "words": in_each_language(lambda: _("not solved by the article %(article)s after all") % {"article": article.number})})


def reopened(item_id: int, at: datetime) -> None:
    """What was solved is open again: no article solved it."""
    for row in ItemArticle.objects.filter(item=item_id, how=How.SOLVED, undone_at=None):
        ItemArticle.objects.filter(pk=row.pk).update(undone_at=at)
        count_solved(row.article_id, -1)


def mark_reusable(item: WorkItem, *, by: Actor, reusable: bool = True, at: datetime | None = None) -> None:
    """Others will meet this again: an article is owed."""
    by.require(perms.WORK)
    if reusable:
        ReusableSolution.objects.get_or_create(item=item, defaults={"by": by.user, "at": moment(at)})
    else:
        ReusableSolution.objects.filter(item=item).delete()


def readable_by_requester(item: WorkItem, articles: Sequence[Article]) -> set[int]:
    """Which of these the requester may read himself: only those may go into a reply."""
    if item.requester is None:
        return set()
    return set(Article.objects.visible_to(item.requester).current(timezone.localdate()).filter(pk__in=[a.pk for a in articles]).values_list("pk", flat=True))


def for_reply(item: WorkItem, article: Article) -> tuple[str, str]:
    """(a line with the link, the article's words) as they go into a reply, in the requester's language."""
    chinese = item.requester is None or item.requester.language != "en"
    version = article.published
    if version is None:
        return "", ""
    content = version.content(chinese=chinese)
    return f"{content.title}\n{settings.SITE_URL}{article.get_absolute_url()}\n", f"{content.title}\n\n{plain(content.body).strip()}\n"


# --- the maintenance manual, in the item --------------------------------------------------------------------------


def systems_of(item: WorkItem) -> list[System]:
    """The systems whose manual opens for this item: by its affected system, else by its category."""
    return System.objects.named(item.subject, categories=item.category_chain())


@transaction.atomic
def tick(item: WorkItem, step: FaultStep, *, by: Actor, as_expected: bool, note: str = "", at: datetime | None = None) -> StepDone:
    """A step was done, and came out as expected or not: both go into the item's log."""
    at = moment(at)
    by.require(perms.WORK)
    item = item.locked()
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    StepDone.objects.filter(item=item, step=step, undone_at=None).update(undone_at=at)
    done = StepDone.objects.create(item=item, step=step, as_expected=as_expected, note=note.strip()[:300], by=by.user, at=at)

    def words() -> str:
        outcome = step.expected if as_expected else (note.strip() or _("not as expected"))
        return _("%(fault)s, step %(number)d: %(what)s → %(outcome)s") % {"fault": step.fault.title, "number": step.number, "what": step.text, "outcome": outcome}

    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.RELATION, details={"step": step.pk, "as_expected": as_expected, "words": in_each_language(words)})
    return done


@transaction.atomic
def untick(item: WorkItem, step: FaultStep, *, by: Actor, at: datetime | None = None) -> None:
    """It was not done after all; the log keeps both."""
    at = moment(at)
    by.require(perms.WORK)
    item = item.locked()
    if StepDone.objects.filter(item=item, step=step, undone_at=None).update(undone_at=at):
        with writing(item, by=by, at=at) as log:
            log.record(Entry.Kind.RELATION, details={"step": step.pk, "words": in_each_language(lambda: _("%(fault)s, step %(number)d: taken back") % {"fault": step.fault.title, "number": step.number})})
