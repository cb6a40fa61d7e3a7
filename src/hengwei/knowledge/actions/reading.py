"""What readers do: read, say whether it helped, suggest corrections, leave satisfied, find nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.events import emit
from hengwei.core.search.tokens import fold
from hengwei.knowledge import permissions as perms
from hengwei.knowledge import private_data
from hengwei.knowledge.events import CorrectionDecided, CorrectionSuggested
from hengwei.knowledge.models import Article, Correction, Deflection, Feedback, SearchGap, ViewDay
from hengwei.org.models import User

from .writing import moment

#: Whoever asks for help within this time after leaving satisfied was not helped after all.
REGRET = timedelta(hours=2)
#: Searches shorter than this are typing, not asking.
SHORTEST_GAP = 2


def _reader(by: Actor, article: Article) -> User:
    if by.user is None:
        raise Forbidden(_("Readers are people."))
    if not Article.objects.visible_to(by.user).filter(pk=article.pk).exists():
        raise NotFound(_("There is no article %(number)s, or it is not yours to read.") % {"number": article.number})
    return by.user


def count_view(article: Article, *, on: date) -> None:
    """Count one reading. Nobody is named."""
    Article.objects.filter(pk=article.pk).update(views=F("views") + 1)
    changed = ViewDay.objects.filter(article=article, day=on).update(views=F("views") + 1)
    if not changed:
        ViewDay.objects.bulk_create([ViewDay(article=article, day=on, views=1)], ignore_conflicts=True)


@transaction.atomic
def say_whether_it_helped(article: Article, *, by: Actor, helped: bool, words: str = "", at: datetime | None = None) -> Feedback:
    """One verdict a person; a second replaces the first."""
    at = moment(at)
    user = _reader(by, article)
    article = article.locked()
    before = Feedback.objects.filter(article=article, user=user).first()
    words = words.strip()[:1000] or (before.words if before and before.helped == helped else "")
    feedback, _created = Feedback.objects.update_or_create(
        article=article, user=user, defaults={"helped": helped, "words": words, "version": article.published, "at": at})
    if before is None or before.helped != helped:
        if before is not None:
            setattr(article, "helped" if before.helped else "not_helped", F("helped" if before.helped else "not_helped") - 1)
        setattr(article, "helped" if helped else "not_helped", F("helped" if helped else "not_helped") + 1)
        article.save(update_fields=["helped", "not_helped"])
    return feedback


@transaction.atomic
def left_satisfied(article: Article, *, by: Actor, question: str = "", at: datetime | None = None) -> Deflection:
    """Somebody was about to ask, and says that this article solved it: a request saved. The same again within the time of regret counts once."""
    at = moment(at)
    user = _reader(by, article)
    say_whether_it_helped(article, by=by, helped=True, at=at)
    again = Deflection.objects.filter(article=article, user=user, undone_at=None, at__gt=at - REGRET).first()
    if again is not None:
        return again
    Article.objects.filter(pk=article.pk).update(deflected=F("deflected") + 1)
    return Deflection.objects.create(article=article, user=user, question=question.strip()[:300], at=at)


def asked_after_all(user_id: int, *, at: datetime) -> int:
    """The person sends a request soon after leaving satisfied: what was counted as saved was not. Returns how many."""
    undone = 0
    for deflection in Deflection.objects.filter(user=user_id, undone_at=None, at__gt=at - REGRET, at__lte=at):
        Deflection.objects.filter(pk=deflection.pk).update(undone_at=at)
        Article.objects.filter(pk=deflection.article_id).update(deflected=F("deflected") - 1)
        undone += 1
    return undone


@transaction.atomic
def suggest_correction(article: Article, *, by: Actor, text: str, at: datetime | None = None) -> Correction:
    """A reader says what is wrong or missing; the owner is told."""
    at = moment(at)
    user = _reader(by, article)
    if not text.strip():
        raise Refused(_("Please say what should change."), code="missing", field="text")
    correction = Correction.objects.create(article=article, version=article.published, author=user, text=text.strip()[:5000], at=at)
    emit(CorrectionSuggested(article_id=article.pk, correction_id=correction.pk, owner_id=article.owner_id, actor=by, at=at))
    return correction


@transaction.atomic
def decide_correction(correction: Correction, *, by: Actor, accept: bool, answer: str = "", at: datetime | None = None) -> Correction:
    """The owner, or a reviewer, takes it up or says why not; the reader is told."""
    at = moment(at)
    owner = by.user is not None and correction.article.owner_id == by.user.pk and by.may(perms.WRITE)
    if not owner and not by.may(perms.REVIEW):
        raise Forbidden(_("The owner of the article decides."))
    correction = Correction.objects.select_for_update().select_related("article").get(pk=correction.pk)
    if correction.state != Correction.State.OPEN:
        raise Refused(_("This is decided already."), code="decided")
    if not accept and not answer.strip():
        raise Refused(_("Please say why it is not taken up."), code="missing", field="answer")
    correction.state = Correction.State.ACCEPTED if accept else Correction.State.DECLINED
    correction.answer, correction.decided_by, correction.decided_at = answer.strip()[:500], by.user, at
    correction.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    emit(CorrectionDecided(article_id=correction.article_id, correction_id=correction.pk, author_id=correction.author_id, actor=by, at=at))
    return correction


def found_nothing(text: str, *, user: User, at: datetime) -> SearchGap | None:
    """Remember words that found nothing, without the person and without private data; None when there is nothing to remember."""
    asked = " ".join(fold(text).split())
    asked = private_data.mask(asked, private_data.find(asked), chinese=private_data.is_chinese(asked))[:120].strip()
    if len(asked) < SHORTEST_GAP:
        return None
    gap, created = SearchGap.objects.get_or_create(text=asked, by_staff=user.is_agent, defaults={"first_at": at, "last_at": at})
    if not created:
        SearchGap.objects.filter(pk=gap.pk).update(times=F("times") + 1, last_at=at, settled_at=None)
    return gap


def settle_gap(gap: SearchGap, *, by: Actor, at: datetime | None = None) -> SearchGap:
    """Something was written about it, or nothing needs to be. Asked again in vain, it comes back."""
    by.require(perms.WRITE)
    gap.settled_at, gap.settled_by = moment(at), by.user
    gap.save(update_fields=["settled_at", "settled_by"])
    return gap


def count_solved(article_id: int, change: int) -> None:
    """Rooms above say that the article solved one item more, or one less."""
    Article.objects.filter(pk=article_id).update(solved=F("solved") + change)
