"""What the knowledge base proves, alone and joined with items (C2 to C4)."""

from __future__ import annotations

from datetime import date, datetime

from hengwei.core.acting import SYSTEM
from hengwei.flows.models import ItemArticle, ReusableSolution
from hengwei.knowledge.actions import review, writing
from hengwei.knowledge.models import Article, ArticleVersion, Fault, System

from ..conftest import NOW
from . import Steps, case, complies, edge, fails, nobody, outside, past
from .world import World, key


def _published(**facts: object) -> Article:
    article = writing.create_article(by=SYSTEM, title="打印机卡纸怎么办", summary="取出纸张", body="打开后盖，取出纸张。")
    review.submit(article, by=SYSTEM, private_confirmed=True)
    review.publish(article, by=SYSTEM)
    Article.objects.filter(pk=article.pk).update(**facts)
    article.refresh_from_db()
    return article


@case("knowledge.reviewed")
def reviewed(w: World) -> Steps:
    def due(day: date | None) -> str:
        return key(_published(next_review_on=day), "article")

    yield nobody()
    yield complies(due(date(2027, 1, 1)))
    yield fails(due(date(2026, 10, 1)))
    yield edge(due(date(2026, 11, 24)))
    yield past(due(date(2026, 11, 23)))
    yield outside(key(writing.create_article(by=SYSTEM, title="草稿", body="还没写完。"), "article"))


@case("knowledge.second_person")
def second_person(w: World) -> Steps:
    def urgent(*, looked_at: bool) -> str:
        article = _published()
        ArticleVersion.objects.filter(pk=article.published_id).update(urgent=True, reviewed_by=w.lead if looked_at else None)
        return key(article, "article")

    yield nobody()
    yield complies(key(_published(), "article"))
    yield fails(urgent(looked_at=False))
    yield edge(urgent(looked_at=True))
    yield outside(key(writing.create_article(by=SYSTEM, title="草稿", body="还没写完。"), "article"))


@case("knowledge.systems_with_manual")
def systems_with_manual(w: World) -> Steps:
    def system(name: str, *, archived: datetime | None = None, **facts: object) -> System:
        return System.objects.create(name=name, team=w.team, archived_at=archived, **facts)

    def fault(of: System, archived: datetime | None = None) -> str:
        Fault.objects.create(system=of, title="卡纸", symptoms="报E05", updated_at=NOW, archived_at=archived)
        return key(of, "system")

    yield nobody()
    yield complies(fault(system("打印系统")))
    yield fails(key(system("邮件系统"), "system"))
    yield edge(key(system("财务系统", article=_published()), "system"))
    yield past(fault(system("门禁系统"), archived=NOW))
    yield outside(key(system("旧系统", archived=NOW), "system"))


@case("flows.solved_into_knowledge")
def solved_into_knowledge(w: World) -> Steps:
    def solved(*, reusable: bool = True, **link: object) -> str:
        item = w.resolved()
        if reusable:
            ReusableSolution.objects.create(item=item, at=w.ago(10))
        if link:
            ItemArticle.objects.create(item=item, article=article, **{"how": "written", "at": w.ago(5), **link})
        return key(item)

    article = _published()
    yield nobody()
    yield complies(solved(how="solved"))
    yield complies(solved(how="written"))
    yield fails(solved())
    yield fails(solved(how="sent"))
    yield edge(solved(at=NOW))
    yield past(solved(undone_at=NOW))
    yield outside(solved(reusable=False))
