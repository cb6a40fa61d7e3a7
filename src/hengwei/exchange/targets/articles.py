"""Knowledge articles from a spreadsheet, as drafts for review. Markdown and Word files have an import of their own in the knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.knowledge.actions.writing import create_article, save_draft
from hengwei.knowledge.models import Article, Audience, Category, Kind

from .. import values as say
from . import Field, Target, Written, Wrong, register
from .lookups import Lookup

WORDS = ("title", "title_en", "summary", "summary_en", "body", "body_en")


@register
class Articles(Target):
    key, label, identity = "articles", _("knowledge articles"), "foreign_id"
    fields = (
        Field("foreign_id", _("number there"), ("id", "编号"), help=_("By it a row that comes again is known.")),
        Field("title", _("title"), ("标题", "问题", "question"), required=True),
        Field("title_en", _("English title"), ("英文标题",)),
        Field("summary", _("summary"), ("摘要", "概要")),
        Field("body", _("text (Markdown)"), ("内容", "正文", "答案", "answer", "content", "text"), required=True),
        Field("body_en", _("English text (Markdown)"), ("英文内容", "英文正文")),
        Field("kind", _("kind"), ("类型",), help=_("faq, how_to, known_error or manual")),
        Field("category", _("category"), ("分类", "目录")),
        Field("tags", _("tags"), ("标签", "关键字", "keywords")),
        Field("audience", _("for"), ("受众", "可见范围", "visibility"), help=_("everyone, customers or staff; staff where nothing is said")),
    )

    def __init__(self) -> None:
        self.categories = Lookup(Category.objects.filter(archived_at=None), "key", "name", "name_en")
        self.kinds = {word.casefold(): value for value, label in Kind.choices for word in (value, str(label))}
        self.audiences = {word.casefold(): value for value, label in Audience.choices for word in (value, str(label))}

    def check(self, values: dict[str, str]) -> dict[str, Any]:
        errors: dict[str, Any] = {name: _t("This must be given.") for name in ("title", "body") if not values.get(name, "").strip()}
        kind = self.kinds.get(values.get("kind", "").strip().casefold(), "" if values.get("kind") else Kind.FAQ.value)
        audience = self.audiences.get(values.get("audience", "").strip().casefold(), "" if values.get("audience") else Audience.STAFF.value)
        if not kind:
            errors["kind"] = _t("This cannot be chosen.")
        if not audience:
            errors["audience"] = _t("This cannot be chosen.")
        category = None
        try:
            category = self.categories.need(values.get("category", ""), "category")
        except Wrong as wrong:
            errors.update(wrong.errors)
        if errors:
            raise Wrong(errors)
        words = {name: values[name].strip() for name in WORDS if values.get(name, "").strip()}
        return {"kind": kind, "audience": audience, "category": category, "tags": say.words(values.get("tags", "")), **words}

    def write(self, ready: Sequence[dict[str, Any]], *, known: Sequence[int | None], update: bool, by: Actor) -> list[Written]:
        written = []
        for facts, pk in zip(ready, known, strict=True):
            if pk is None:
                written.append(Written(create_article(by=by, note=_t("imported"), **facts).pk, True))
                continue
            article = Article.objects.filter(pk=pk).first()
            if article is not None and update:
                save_draft(article, by=by, note=_t("imported again"), **{name: value for name, value in facts.items() if name in WORDS})
            written.append(Written(pk, False))
        return written
