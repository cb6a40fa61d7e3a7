"""Teams and skills by the page kit, for its tests: a list, a record, a form with rows inside, deeds, REST."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.urls import include, path
from django.utils import timezone
from ninja import NinjaAPI

from hengwei.core.errors import ActionError, Refused
from hengwei.org.models import Team
from hengwei.site.urls import urlpatterns as site
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, KitModelForm, Pages, Table
from hengwei.ui.kit.charts import Chart, Series


class TeamForm(KitModelForm):
    class Meta:
        model = Team
        fields = ["name", "name_en", "key", "kind", "lead"]

    fieldsets = [("名称", ["name", "name_en", "key"])]


class MemberForm(forms.Form):
    user = forms.IntegerField()
    note = forms.CharField(required=False)


Members = forms.formset_factory(MemberForm, extra=0, can_delete=True, can_order=True)


class TeamFilters(django_filters.FilterSet):
    class Meta:
        model = Team
        fields = ["kind"]


class WhyForm(KitForm):
    why = forms.CharField()


def archive(row: Team, by: Any, data: dict[str, Any]) -> str:
    if row.key == "kept":
        raise Refused("This team stays.", code="kept")
    row.archived_at = timezone.now()
    row.save()
    return "Archived."


class TeamPages(Pages):
    room, name, plural, address = "kit", "team", "teams", "kit/teams"
    model, title, one, icon = Team, "Teams", "team", "users"
    change = "org.manage_people"
    order = ("name", "id")
    search = ("name", "key")
    columns = [Column("name", link=True), Column("key"), Column("kind"), Column("lead", default=False), Column("archived_at")]
    filters = TeamFilters
    form = TeamForm
    panels = [Facts("Facts", ["key", "kind", "lead"]), Table("Members", rows=lambda row, user: row.memberships.select_related("user"), columns=[Column("user")], empty="Nobody yet.")]
    actions = [
        Action("archive", "Archive", "archive", "org.manage_people", run=archive, bulk=True, when=lambda row: row.archived_at is None),
        Action("rename", "Rename", "pencil", "org.manage_people", run=lambda row, by, data: Team.objects.filter(pk=row.pk).update(name=data["why"]), form=WhyForm),
    ]

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        initial = [{"user": m.user_id} for m in row.memberships.order_by("id")] if row else []
        return [Inline("members", "Members", Members(data, initial=initial, prefix="members"), sortable=True)]

    def save(self, form: Any, *, row: Any, by: Any) -> Team:
        facts = {name: form.cleaned_data[name] for name in form.fields}
        if facts["name"] == "不行":
            raise Refused("Not this name.", code="bad", field="name")
        team, _made = Team.objects.update_or_create(pk=row.pk if row else None, defaults=facts)
        team.memberships.all().delete()
        for one in form.inlined("members"):
            team.memberships.create(user_id=one["user"])
        return team

    def extra(self, request: Any, row: Any = None) -> dict[str, Any]:
        return {"figure": Chart("x", "Chart", ["a", "b"], [Series("s", [1, None])], unit="h")}


api = NinjaAPI(urls_namespace="kit-api")


@api.exception_handler(ActionError)
def refused(request: Any, error: ActionError) -> Any:
    from hengwei.core.rest import problem_of

    return problem_of(error)


api.add_router("", TeamPages.router())
urlpatterns = [path("", include((TeamPages.urls(), "kit"))), path("kit-api/", api.urls), *site]
