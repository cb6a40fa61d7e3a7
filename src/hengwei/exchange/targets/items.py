"""Work items from a file: with their state and times, as history; open ones go on here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.i18n import listed
from hengwei.org.models import Customer, Team, User
from hengwei.work import kinds
from hengwei.work.actions.bringing import Brought, bring_in
from hengwei.work.actions.triage import change
from hengwei.work.models import Category, Source, WorkItem
from hengwei.work.workflow import Phase

from .. import values as say
from . import Field, Target, Written, Wrong, register
from .lookups import Lookup


@register
class Items(Target):
    key, label, identity = "items", _("work items"), "foreign_id"
    fields = (
        Field("foreign_id", _("number there"), ("id", "ticket", "ticket number", "工单号", "编号", "单号", "流水号"), help=_("By it a row that comes again is known.")),
        Field("title", _("title"), ("subject", "summary", "标题", "主题", "事由", "问题"), required=True),
        Field("description", _("description"), ("body", "content", "描述", "详细描述", "问题描述", "内容")),
        Field("kind", _("kind"), ("type", "类型", "类别", "工单类型")),
        Field("state", _("state"), ("status", "状态", "工单状态")),
        Field("received_at", _("received"), ("created", "created at", "date", "opened", "创建时间", "受理时间", "报障时间", "日期")),
        Field("resolved_at", _("resolved"), ("solved", "solved at", "resolved at", "解决时间", "完成时间")),
        Field("closed_at", _("closed"), ("closed at", "关闭时间", "关单时间")),
        Field("requester", _("requester"), ("customer email", "reporter", "contact", "请求人", "报障人", "申请人", "联系人"), help=_("User name, e-mail or name.")),
        Field("customer", _("customer or department"), ("organization", "company", "客户", "部门", "单位", "公司")),
        Field("category", _("category"), ("分类", "问题分类", "故障分类")),
        Field("priority", _("priority"), ("优先级",)),
        Field("impact", _("impact"), ("影响度", "影响范围")),
        Field("urgency", _("urgency"), ("紧急度", "紧急程度")),
        Field("team", _("team"), ("group", "组", "处理组", "部门组")),
        Field("owner", _("handled by"), ("agent", "assignee", "technician", "处理人", "工程师", "负责人")),
        Field("source", _("channel"), ("channel", "渠道", "来源")),
        Field("subject", _("affected system or product"), ("system", "product", "系统", "产品", "设备")),
        Field("labels", _("labels"), ("tags", "标签")),
        Field("cause", _("cause"), ("root cause", "原因", "故障原因")),
        Field("solution", _("solution"), ("resolution", "解决方案", "处理结果", "处理措施")),
    )

    def __init__(self) -> None:
        self.users = Lookup(User.objects.filter(is_active=True), "username", "email", "name")
        self.staff = Lookup(User.objects.staff(), "username", "email", "name")
        self.customers = Lookup(Customer.objects.all(), "code", "name", "name_en")
        self.teams = Lookup(Team.objects.filter(archived_at=None), "key", "name", "name_en")
        self.categories = Lookup(Category.objects.filter(archived_at=None), "key", "name", "name_en")
        self.kinds = {word.casefold(): kind.key for kind in kinds.every() for word in (kind.key, str(kind.label), kind.prefix)}
        self.sources = {word.casefold(): value for value, label in Source.choices for word in (value, str(label))}

    def check(self, values: dict[str, str]) -> Brought:
        errors: dict[str, Any] = {}
        get = values.get
        if not get("title", "").strip():
            errors["title"] = _t("This must be given.")
        kind = self.kinds.get(get("kind", "").strip().casefold(), "" if get("kind") else "incident")
        if not kind:
            errors["kind"] = _t("There is no kind of work '%(kind)s'.") % {"kind": get("kind")}
        phase = say.phase(get("state", "")) if get("state") else "closed" if get("closed_at") else "resolved" if get("resolved_at") else "new"
        if phase is None:
            errors["state"] = _t("What “%(text)s” means for an item is not known. Known are: %(words)s.") % {
                "text": get("state"), "words": listed(word for words in say.PHASES.values() for word in words)}
        moments = {name: self._moment(get(name, ""), name, errors) for name in ("received_at", "resolved_at", "closed_at")}
        levels = {name: self._level(get(name, ""), name, errors) for name in ("priority", "impact", "urgency")}
        source = self.sources.get(get("source", "").strip().casefold(), Source.SYSTEM.value)
        found: dict[str, Any] = {}
        for name, lookup in (("requester", self.users), ("customer", self.customers), ("category", self.categories), ("team", self.teams), ("owner", self.staff)):
            try:
                found[name] = lookup.need(get(name, ""), name)
            except Wrong as wrong:
                errors.update(wrong.errors)
        if errors:
            raise Wrong(errors)
        requester = found["requester"]
        return Brought(
            kind=kind, title=values["title"], description=get("description", ""), phase=Phase(phase or "new"), received_at=moments["received_at"] or timezone.now(),
            resolved_at=moments["resolved_at"], closed_at=moments["closed_at"], foreign_number=get("foreign_id", "").strip()[:40],
            facts={
                **levels, "source": source, "subject": get("subject", "")[:200], "labels": [word[:40] for word in say.words(get("labels", ""))],
                "cause": get("cause", "")[:300], "solution": get("solution", ""), "requester_id": requester.pk if requester else None,
                "customer_id": found["customer"].pk if found["customer"] else requester.customer_id if requester else None,
                **{f"{name}_id": found[name].pk if found[name] else None for name in ("category", "team", "owner")},
            },
        )

    @staticmethod
    def _moment(text: str, field: str, errors: dict[str, Any]) -> datetime | None:
        found = say.moment(text) if text.strip() else None
        if text.strip() and found is None:
            errors[field] = _t("“%(text)s” is no date that can be understood. Write it as 2026-11-24 14:05.") % {"text": text}
        return found

    @staticmethod
    def _level(text: str, field: str, errors: dict[str, Any]) -> int | None:
        found = say.level(text) if text.strip() else None
        if text.strip() and found is None:
            errors[field] = _t("“%(text)s” is no level. Write critical, high, medium or low.") % {"text": text}
        return found

    def write(self, ready: Sequence[Brought], *, known: Sequence[int | None], update: bool, by: Actor) -> list[Written]:
        fresh = [one for one, pk in zip(ready, known, strict=True) if pk is None]
        made = iter(bring_in(fresh, by=by) if fresh else ())
        before = WorkItem.objects.in_bulk([pk for pk in known if pk is not None]) if update else {}
        written = []
        for one, pk in zip(ready, known, strict=True):
            if pk is None:
                written.append(Written(next(made).pk, True))
                continue
            item = before.get(pk)
            if item is not None and item.is_open:
                facts = {name: one.facts[name] for name in ("impact", "urgency", "subject") if one.facts.get(name)}
                change(item, by=by, title=one.title, description=one.description or item.description, **facts)
            written.append(Written(pk, False))
        return written
