"""Contacts and staff from a file. Nobody gets a password or a role beyond requester by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.org.actions.people import save_person
from hengwei.org.models import Customer, User

from . import Field, Target, Written, Wrong, register
from .lookups import Lookup

LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "中文": "zh-hans", "简体中文": "zh-hans", "en": "en", "en-us": "en", "english": "en", "英文": "en"}


@register
class People(Target):
    key, label, identity = "people", _("people and contacts"), "email"
    fields = (
        Field("name", _("full name"), ("full name", "姓名", "联系人", "名字"), required=True),
        Field("email", _("e-mail"), ("mail", "email address", "邮箱", "电子邮件", "邮件"), help=_("By it a row that comes again is known.")),
        Field("username", _("user name"), ("login", "account", "用户名", "账号", "工号")),
        Field("phone", _("telephone"), ("phone", "电话", "座机", "分机")),
        Field("mobile", _("mobile"), ("cell", "手机", "手机号", "移动电话")),
        Field("employee_no", _("employee number"), ("工号", "员工号", "employee id")),
        Field("title", _("position"), ("job title", "职位", "职务", "岗位")),
        Field("customer", _("customer or department"), ("organization", "company", "department", "客户", "部门", "单位", "公司")),
        Field("manager", _("superior"), ("manager", "上级", "主管", "直属领导")),
        Field("language", _("language"), ("locale", "语言")),
    )

    def __init__(self) -> None:
        self.customers = Lookup(Customer.objects.filter(archived_at=None), "code", "name", "name_en")
        self.people = Lookup(User.objects.all(), "email", "username")
        self.managers = Lookup(User.objects.filter(is_active=True), "username", "email", "name")

    def check(self, values: dict[str, str]) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        facts: dict[str, Any] = {
            name: values[name].strip() for name in ("name", "email", "username", "phone", "mobile", "employee_no", "title") if values.get(name, "").strip()
        }
        if "name" not in facts:
            errors["name"] = _t("This must be given.")
        if "email" in facts:
            try:
                validate_email(facts["email"])
            except ValidationError:
                errors["email"] = _t("“%(text)s” is no e-mail address.") % {"text": facts["email"]}
        elif "username" not in facts:
            errors["email"] = _t("Please give a user name or an e-mail address.")
        if values.get("language", "").strip():
            language = LANGUAGES.get(values["language"].strip().casefold())
            if language is None:
                errors["language"] = _t("Write zh or en.")
            else:
                facts["language"] = language
        for name, lookup in (("customer", self.customers), ("manager", self.managers)):
            try:
                found = lookup.need(values.get(name, ""), name)
                if found is not None:
                    facts[name] = found
            except Wrong as wrong:
                errors.update(wrong.errors)
        if errors:
            raise Wrong(errors)
        return facts

    def write(self, ready: Sequence[dict[str, Any]], *, known: Sequence[int | None], update: bool, by: Actor) -> list[Written]:
        written = []
        for facts, pk in zip(ready, known, strict=True):
            before = User.objects.filter(pk=pk).first() if pk is not None else self.people.find(facts.get("email") or facts["username"])
            if before is not None and not update:
                written.append(Written(before.pk, False))
                continue
            saved = save_person(before, by=by, **facts)
            self.people.keep(facts.get("email") or facts["username"], saved)
            written.append(Written(saved.pk, before is None))
        return written
