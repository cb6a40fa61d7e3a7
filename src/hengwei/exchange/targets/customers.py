"""Customers and departments from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.org.actions.customers import save_customer
from hengwei.org.models import Customer, Team

from .. import values as say
from . import Field, Target, Written, Wrong, register
from .lookups import Lookup

KINDS = {"company": "company", "公司": "company", "客户": "company", "department": "department", "部门": "department", "内部部门": "department"}
YES = ("1", "yes", "y", "true", "是", "重点", "√")


@register
class Customers(Target):
    key, label, identity = "customers", _("customers and departments"), "code"
    fields = (
        Field("code", _("code"), ("客户编号", "客户代码", "编号", "代码", "id"), help=_("By it a row that comes again is known.")),
        Field("name", _("name"), ("客户名称", "公司名称", "部门名称", "单位名称", "customer", "company", "organization"), required=True),
        Field("name_en", _("English name"), ("英文名", "英文名称")),
        Field("kind", _("kind"), ("类型", "客户类型"), help=_("company or department")),
        Field("domains", _("mail domains"), ("domain", "域名", "邮箱域名")),
        Field("key_account", _("key customer"), ("vip", "重点客户")),
        Field("team", _("served by"), ("服务组", "team")),
        Field("phone", _("telephone"), ("phone", "电话", "联系电话")),
        Field("address", _("address"), ("地址",)),
        Field("notes", _("notes"), ("备注", "说明")),
    )

    def __init__(self) -> None:
        self.teams = Lookup(Team.objects.filter(archived_at=None), "key", "name", "name_en")
        self.customers = Lookup(Customer.objects.all(), "code", "name")

    def check(self, values: dict[str, str]) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if not values.get("name", "").strip():
            errors["name"] = _t("This must be given.")
        kind = KINDS.get(values.get("kind", "").strip().casefold(), "" if values.get("kind") else "company")
        if not kind:
            errors["kind"] = _t("Write company or department.")
        team = None
        try:
            team = self.teams.need(values.get("team", ""), "team")
        except Wrong as wrong:
            errors.update(wrong.errors)
        if errors:
            raise Wrong(errors)
        texts = {name: values.get(name, "").strip() for name in ("code", "name", "name_en", "phone", "address", "notes") if values.get(name, "").strip()}
        facts: dict[str, Any] = {**texts, "kind": kind}
        if values.get("domains"):
            facts["domains"] = say.words(values["domains"])
        if values.get("key_account"):
            facts["key_account"] = values["key_account"].strip().casefold() in YES
        if team is not None:
            facts["default_team"] = team
        return facts

    def write(self, ready: Sequence[dict[str, Any]], *, known: Sequence[int | None], update: bool, by: Actor) -> list[Written]:
        written = []
        for facts, pk in zip(ready, known, strict=True):
            before = Customer.objects.filter(pk=pk).first() if pk is not None else self.customers.find(facts.get("code") or facts["name"])
            if before is not None and not update:
                written.append(Written(before.pk, False))
                continue
            saved = save_customer(before, by=by, **facts)
            self.customers.keep(saved.code, saved)
            self.customers.keep(saved.name, saved)
            written.append(Written(saved.pk, before is None))
        return written
