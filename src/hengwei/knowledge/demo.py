"""The sample company's knowledge base: some forty articles in all states, two manuals with faults, what readers said."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.utils import timezone

from hengwei.core import jobs
from hengwei.core.acting import Actor
from hengwei.org.models import Team, User

from . import demo_texts as texts
from .actions import keeping, manual, reading, review, writing
from .models import Article, ArticleVersion, Category, SearchGap

#: Of the list: these stay drafts, these wait for review; the rest is published.
DRAFTS, WAITING = 2, 3


def load(rng: random.Random, now: datetime) -> None:
    """Categories, synonyms, articles with versions and feedback, systems with their faults."""
    people = {user.username: user for user in User.objects.filter(is_agent=True)}
    manager = Actor(user=people["yangjing"], via="web")
    writers = [Actor(user=people[name], via="web") for name in ("wangmin", "zhaolei", "sunyan", "liutao", "linxia")]
    reviewers = [Actor(user=people[name], via="web") for name in ("chenjie", "zhouchao", "hejuan")]
    with jobs.not_now():
        categories = _categories(manager)
        for words in texts.SYNONYMS:
            keeping.save_synonyms(None, by=manager, words=words)
        made = [_article(rng, sample, categories, rng.choice(writers), rng.choice(reviewers), place, now) for place, sample in enumerate(texts.ARTICLES)]
        published = [article for article in made if article.published_id]
        _second_versions(rng, published, writers, reviewers, now)
        _overdue(published, now)
        _readers(rng, published, now)
        _systems(manager, made, now)
        _spread(rng, published, now)


def _categories(by: Actor) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for order, (key, parent, name, english, icon, audience) in enumerate(texts.CATEGORIES, 1):
        made[key] = keeping.save_category(None, by=by, key=key, name=name, name_en=english, parent=made.get(parent or ""), icon=icon, audience=audience, order=order * 10)
    return made


def _article(
    rng: random.Random, sample: texts.Sample, categories: dict[str, Category], author: Actor, reviewer: Actor, place: int, now: datetime,
) -> Article:
    begun = now - timedelta(days=rng.randint(20, 300), hours=rng.randint(0, 9))
    article = writing.create_article(
        by=author, kind=sample.kind, category=categories[sample.category], tags=sample.tags, audience=sample.audience, at=begun, title=sample.title, summary=sample.summary,
        body=sample.body, title_en=sample.title_en, summary_en=sample.summary_en, body_en=sample.body_en)
    if place >= len(texts.ARTICLES) - DRAFTS:
        return article
    waits = place >= len(texts.ARTICLES) - DRAFTS - WAITING
    submitted = now - timedelta(hours=rng.randint(2, 50)) if waits else begun + timedelta(hours=rng.randint(1, 40))
    article = review.submit(article, by=author, asked=reviewer.user, private_confirmed=True, at=submitted)
    return article if waits else review.publish(article, by=reviewer, verdict="", at=submitted + timedelta(hours=rng.randint(1, 30)))


def _second_versions(rng: random.Random, published: list[Article], writers: list[Actor], reviewers: list[Actor], now: datetime) -> None:
    """Some articles were improved, one was corrected at once, one took another's place, one is being worked on."""
    for article in rng.sample(published, 6):
        current = Article.objects.get(pk=article.pk)
        by = next(w for w in writers if current.created_by_id == (w.user.pk if w.user else 0))
        at = now - timedelta(days=rng.randint(3, 15))
        body = current.published.body + "\n\n## 补充\n\n按以上步骤仍未解决的，请在门户提交请求并附上截图。" if current.published else ""
        current = writing.save_draft(current, by=by, body=body, note="补充仍未解决时的做法", at=at)
        review.submit(current, by=by, private_confirmed=True, at=at + timedelta(hours=1))
        review.publish(current, by=next(r for r in reviewers if not _wrote(current, r)), at=at + timedelta(hours=5))
    urgent = Article.objects.select_related("published").get(title="升级HX-200控制器固件")
    if urgent.published:
        review.correct_urgently(
            urgent, by=reviewers[2], reason="漏写断开负载，可能损坏输出板", at=now - timedelta(hours=20), private_confirmed=True,
            body=urgent.published.body.replace("> 升级过程中切勿断电。", "> **先断开负载**，升级过程中切勿断电。"))
    working = Article.objects.get(title="在家连接公司VPN")
    writing.save_draft(working, by=writers[0], note="客户端界面更新", body="（正在按新版客户端改写）\n\n" + (working.published.body if working.published else ""), at=now - timedelta(hours=3))
    old = writing.create_article(by=writers[1], title="用旧版客户端连接VPN", summary="2024年以前的客户端。", body="1. 打开旧版客户端。\n2. 输入域账号。", audience="everyone", at=now - timedelta(days=400))
    review.submit(old, by=writers[1], at=now - timedelta(days=399))
    old = review.publish(old, by=reviewers[0], at=now - timedelta(days=398))
    review.supersede(old, by=reviewers[0], other=working, reason="旧版客户端已停用", at=now - timedelta(days=120))


def _wrote(article: Article, by: Actor) -> bool:
    return ArticleVersion.objects.filter(article=article, editors=by.user).exists()


def _overdue(published: list[Article], now: datetime) -> None:
    """All were reviewed in time, but for one, and one that falls due soon."""
    today = timezone.localtime(now).date()
    for place, article in enumerate(published):
        Article.objects.filter(pk=article.pk).update(next_review_on=today + timedelta(days=20 + place * 7))
    Article.objects.filter(title="打印机卡纸报E05").update(next_review_on=today - timedelta(days=12))
    Article.objects.filter(title="保修期内怎样申请返修").update(next_review_on=today + timedelta(days=5))


def _readers(rng: random.Random, published: list[Article], now: datetime) -> None:
    requesters = list(User.objects.filter(is_agent=False, is_active=True).select_related("customer")[:40])
    said = 0
    for article in published:
        for user in rng.sample(requesters, 6):
            if not Article.objects.visible_to(user).filter(pk=article.pk).exists():
                continue
            words, helped = rng.choice(texts.WORDS) if rng.random() < 0.3 else ("", rng.random() < 0.85)
            at = now - timedelta(days=rng.randint(0, 20), minutes=rng.randint(0, 900))
            if helped and rng.random() < 0.3:
                reading.left_satisfied(article, by=Actor(user=user, via="portal"), question=article.title, at=at)
            else:
                reading.say_whether_it_helped(article, by=Actor(user=user, via="portal"), helped=helped, words=words, at=at)
            if said < len(texts.CORRECTIONS) and rng.random() < 0.1:
                text, state = texts.CORRECTIONS[said]
                correction = reading.suggest_correction(article, by=Actor(user=user, via="portal"), text=text, at=at)
                if state == "accepted":
                    reading.decide_correction(correction, by=Actor(user=article.owner, via="web"), accept=True, answer="已补充，谢谢。", at=at + timedelta(hours=3))
                said += 1
    for text, times, by_staff in texts.GAPS:
        SearchGap.objects.create(text=text, times=times, by_staff=by_staff, first_at=now - timedelta(days=25), last_at=now - timedelta(hours=times))


def _systems(by: Actor, made: list[Article], now: datetime) -> None:
    teams = {team.key: team for team in Team.objects.all()}
    manuals = {article.title: article for article in made}
    for name, english, aliases, keys, team, faults in texts.SYSTEMS:
        system = manual.save_system(
            None, by=by, name=name, name_en=english, aliases=aliases, category_keys=keys, team=teams[team], article=manuals.get("ERP系统维护手册") if name == "ERP" else None)
        for title, title_en, symptoms, cause, steps, escalate in faults:
            manual.save_fault(
                None, by=by, system=system, title=title, title_en=title_en, symptoms=symptoms, cause=cause, escalate_to=escalate, at=now - timedelta(days=30),
                steps=[{"check_only": check, "text": text, "expected": expected} for check, text, expected in steps])


def _spread(rng: random.Random, published: list[Article], now: datetime) -> None:
    for article in published:
        Article.objects.filter(pk=article.pk).update(views=rng.randint(3, 240))
