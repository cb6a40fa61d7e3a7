"""Lists and records that are declared: articles, categories, systems and faults, synonyms, corrections, gaps."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.i18n import listed
from hengwei.core.models import SynonymGroup
from hengwei.knowledge import forms
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.actions import keeping, manual, reading
from hengwei.knowledge.models import (
    Article,
    Category,
    Correction,
    Fault,
    FaultStep,
    Kind,
    SearchGap,
    State,
    Status,
    System,
)
from hengwei.ui.kit import Action, Column, Facts, Inline, Pages, Part, Table


class ArticleFilters(django_filters.FilterSet):
    """How the list of articles is narrowed."""

    state = django_filters.ChoiceFilter(label=_("state"), choices=State.choices)
    kind = django_filters.ChoiceFilter(label=_("kind"), choices=Kind.choices)
    category = django_filters.ModelChoiceFilter(label=_("category"), queryset=Category.objects.none())
    which = django_filters.ChoiceFilter(label=_("which"), method="by_which", choices=[
        ("mine", _("mine")), ("drafts", _("drafts")), ("review", _("waiting for review")), ("overdue", _("review overdue")), ("urgent", _("urgent correction, not looked at")),
        ("expired", _("no longer valid")), ("broken", _("with broken links")),
    ])

    class Meta:
        model = Article
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.request is not None:
            self.filters["category"].queryset = Category.objects.visible_to(self.request.user).usable()

    def by_which(self, rows: Any, name: str, value: str) -> Any:
        today = timezone.localdate()
        return {
            "mine": lambda: rows.filter(owner=self.request.user), "drafts": lambda: rows.filter(working__status=Status.DRAFT), "review": rows.waiting_for_review,
            "overdue": lambda: rows.review_overdue(today), "urgent": rows.published_without_second_person, "expired": lambda: rows.expired(today),
            "broken": rows.with_broken_links,
        }[value]()


def state_sign(article: Article) -> SafeString:
    """Where an article stands, as word and colour."""
    tone = {"published": "good", "archived": "", "superseded": "", "draft": "warn"}[article.state]
    extra = format_html(' <span class="state warn">{}</span>', article.working.get_status_display()) if article.working and article.state != State.DRAFT else ""
    return format_html('<span class="state {}">{}</span>{}', tone, article.stage, extra)


def review_sign(article: Article) -> SafeString | str:
    """When it is looked at again; marked when that is past."""
    if article.next_review_on is None or article.state != State.PUBLISHED:
        return ""
    late = article.is_review_overdue(timezone.localdate())
    return format_html('<span class="{}">{}{}</span>', "text-danger" if late else "", article.next_review_on.isoformat(), f" · {_('overdue')}" if late else "")


class ArticlePages(Pages):
    """Every article that staff may see, with its state. An article's own page is hand-made."""

    room, name, plural, address = "knowledge", "article_row", "articles", "knowledge/articles"
    model, title, one, icon = Article, _("Articles"), _("article"), "book"
    view = perms.READ
    order = ("-updated_at", "-id")
    search = ("title", "title_en", "number", "summary")
    columns = [
        Column("title", _("Title"), value=lambda a: a.label, link=True, second=lambda a: a.number), Column("kind"), Column("category"),
        Column("state", value=state_sign), Column("audience"), Column("owner"), Column("next_review_on", value=review_sign),
        Column("views", align="right"), Column("help_share", _("Helped %"), align="right"), Column("solved", align="right"), Column("deflected", align="right", default=False),
        Column("tags", default=False), Column("updated_at"), Column("published_at", default=False),
    ]
    filters = ArticleFilters
    empty = _("No article yet. The first one is best written from an item that was just solved.")
    list_template = "knowledge/articles.html"

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return Article.objects.visible_to(user).for_lists()

    def address_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def detail(self, request: HttpRequest, row: Any) -> HttpResponse:
        return redirect(row)

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        return {"may_write": request.user.may(perms.WRITE), "may_manage": request.user.may(perms.MANAGE)}  # type: ignore[union-attr]


class CategoryPages(Pages):
    """The tree of categories."""

    room, name, plural, address = "knowledge", "category_row", "categories", "knowledge/categories"
    model, title, one, icon = Category, _("Categories of articles"), _("category"), "folders"
    view = change = perms.MANAGE
    order = ("order", "id")
    search = ("name", "name_en", "key")
    columns = [
        Column("name", _("Name"), value=lambda c: c.label, link=True), Column("parent"), Column("audience"),
        Column("articles", _("Articles"), value=lambda c: c.article_count, align="right"), Column("order", align="right"), Column("archived_at", default=False),
    ]
    form = forms.CategoryForm
    panels = [
        Facts(_("Category"), ["name", "name_en", "key", "parent", "description", "description_en", "order"]), Facts(_("For whom"), ["audience", "customers", "teams"]),
        Table(_("Articles"), rows=lambda row, user: Article.objects.visible_to(user).filter(category=row).for_lists().order_by("-updated_at"), columns=[
            Column("title", _("Title"), value=lambda a: format_html('<a href="{}">{}</a>', a.get_absolute_url(), a.label)), Column("kind"), Column("state", value=state_sign)]),
    ]
    actions = [Action("archive", _("Archive"), "archive", perms.MANAGE, run=lambda row, by, data: keeping.archive_category(row, by=by), confirm=_("Archive this category?"),
                      when=lambda row: row.archived_at is None)]
    empty = _("No category yet.")

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return Category.objects.select_related("parent").annotate(article_count=models.Count("articles", filter=models.Q(articles__state=State.PUBLISHED)))

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return keeping.save_category(row, by=by, **form.cleaned_data)


class SynonymPages(Pages):
    """Words that mean the same to this department, for every search of the product."""

    room, name, plural, address = "knowledge", "synonym", "synonyms", "knowledge/synonyms"
    model, title, one, icon = SynonymGroup, _("Synonyms"), _("group of words"), "arrows-exchange"
    view = change = perms.MANAGE
    order = ("id",)
    search = ("words",)
    columns = [Column("words", link=True)]
    form = forms.SynonymForm
    panels = [Facts(_("Words that mean the same"), ["words"])]
    actions = [Action("remove", _("Remove"), "trash", perms.MANAGE, run=lambda row, by, data: keeping.remove_synonyms(row, by=by), confirm=_("Remove this group of words?"), bulk=True)]
    empty = _("No synonyms yet. Whoever searches for one word of a group finds the others too, such as 打印机 and printer.")

    def heading(self, row: Any) -> str:
        return listed(row.words)

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return keeping.save_synonyms(row, by=by, words=form.cleaned_data["words"])


class SystemFilters(django_filters.FilterSet):
    """Systems with a manual, without one, out of use."""

    which = django_filters.ChoiceFilter(label=_("which"), method="by_which", choices=[("without", _("without a manual")), ("archived", _("out of use"))])

    class Meta:
        model = System
        fields = ["team"]

    def by_which(self, rows: Any, name: str, value: str) -> Any:
        return rows.without_manual() if value == "without" else rows.filter(archived_at__isnull=False)


class SystemPages(Pages):
    """The maintenance manual: each system with its common faults (C4)."""

    room, name, plural, address = "knowledge", "system", "systems", "knowledge/systems"
    model, title, one, icon = System, _("Maintenance manual"), _("system"), "server-2"
    view, change = perms.READ, perms.REVIEW
    order = ("name", "id")
    search = ("name", "name_en", "description")
    columns = [
        Column("name", _("Name"), value=lambda s: s.label, link=True, second=lambda s: listed(s.aliases)), Column("team"),
        Column("faults", _("Faults described"), value=lambda s: s.fault_count or format_html('<span class="state warn">{}</span>', _("no manual yet")), align="right"),
        Column("description", default=False),
    ]
    filters = SystemFilters
    form = forms.SystemForm
    panels = [
        Part("knowledge/faults.html", context=lambda row, request: {
            "faults": faults_of(row), "may_write": may_write_manual(request.user, row), "chosen": request.GET.get("fault", "")}),
        Facts(_("System"), ["name", "name_en", "aliases", "team", "category_keys", "description", "article"], side=True),
    ]
    actions = [Action("archive", _("Archive"), "archive", perms.MANAGE, run=lambda row, by, data: manual.archive_system(row, by=by), confirm=_("Archive this system?"),
                      when=lambda row: row.archived_at is None)]
    empty = _("No system yet. List the systems that you maintain, then describe their common faults.")

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return System.objects.visible_to(user).with_counts().select_related("team", "article")

    def may_change(self, user: Any, row: Any) -> bool:
        return bool(user.may(perms.REVIEW) or user.may(perms.MANAGE))

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return manual.save_system(row, by=by, **form.cleaned_data)


def faults_of(system: System) -> Any:
    """The faults of a system with their steps, in two queries."""
    steps = models.Prefetch("steps", queryset=FaultStep.objects.filter(withdrawn_at=None), to_attr="current_steps")
    return system.faults.filter(archived_at=None).prefetch_related(steps)


def may_write_manual(user: Any, system: System | None) -> bool:
    """Who manages or reviews; or who writes and belongs to the team that keeps the system."""
    if user.may(perms.MANAGE) or user.may(perms.REVIEW):
        return True
    return bool(user.may(perms.WRITE) and (system is None or system.team_id in user.team_ids))


class FaultPages(Pages):
    """A fault with its steps, for editing; it is read on its system's page."""

    room, name, plural, address = "knowledge", "fault", "faults", "knowledge/faults"
    model, title, one, icon = Fault, _("Common faults"), _("fault"), "alert-triangle"
    view = perms.READ
    order = ("id",)
    search = ("title", "title_en", "symptoms", "system__name")
    columns = [Column("title", _("Fault"), value=lambda f: f.label, link=True), Column("system"), Column("symptoms"), Column("updated_at")]
    form = forms.FaultForm
    actions = [Action("archive", _("Archive"), "archive", perms.WRITE, run=lambda row, by, data: manual.archive_fault(row, by=by), confirm=_("Archive this fault?"),
                      when=lambda row: row.archived_at is None)]
    panels = [Part("knowledge/fault.html", context=lambda row, request: {"fault": faults_of(row.system).filter(pk=row.pk).first() or row})]

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return Fault.objects.visible_to(user).filter(archived_at=None).select_related("system")

    def may_change(self, user: Any, row: Any) -> bool:
        return may_write_manual(user, row.system if row is not None else None)

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        steps = [{name: getattr(s, name) for name in ("text", "expected", "text_en", "expected_en", "check_only")} for s in row.steps.filter(withdrawn_at=None)] if row else [{}]
        formset = forms.Steps(data, prefix="steps", initial=steps)
        return [Inline("steps", _("Steps to take"), formset, _("In order; each with what should then be so. Checks first: they change nothing."), sortable=True)]

    def address_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        facts = dict(form.cleaned_data)
        facts["order"] = facts.get("order") or 100
        return manual.save_fault(row, by=by, steps=form.inlined("steps"), version=form.version, **facts)


class CorrectionFilters(django_filters.FilterSet):
    """Corrections by their state."""

    state = django_filters.ChoiceFilter(label=_("state"), choices=Correction.State.choices)

    class Meta:
        model = Correction
        fields: list[str] = []


class CorrectionPages(Pages):
    """What readers want changed: the owner's list."""

    room, name, plural, address = "knowledge", "correction", "corrections", "knowledge/corrections"
    model, title, one, icon = Correction, _("Suggested corrections"), _("correction"), "message-report"
    view = perms.READ
    order = ("-id",)
    search = ("text", "article__title", "article__number")
    columns = [
        Column("article", value=lambda c: c.article.label, link=True, second=lambda c: c.article.number), Column("text"), Column("author"), Column("state"),
        Column("owner", _("Owner"), value=lambda c: c.article.owner), Column("at"),
    ]
    filters = CorrectionFilters
    panels = [Facts(_("Correction"), [
        Column("article", value=lambda c: format_html('<a href="{}">{}</a>', c.article.get_absolute_url(), c.article)), "author", "at", "text", "state", "answer", "decided_by"])]
    actions = [
        Action("accept", _("Take it up"), "check", perms.WRITE, run=lambda row, by, data: _decided(row, by, True, data), form=forms.AnswerForm, primary=True,
               when=lambda row: row.state == Correction.State.OPEN),
        Action("decline", _("Do not take it up"), "x", perms.WRITE, run=lambda row, by, data: _decided(row, by, False, data), form=forms.WhyNotForm,
               when=lambda row: row.state == Correction.State.OPEN),
    ]
    empty = _("No reader has suggested a correction.")

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return Correction.objects.visible_to(user).select_related("article", "article__owner", "author", "decided_by")

    def heading(self, row: Any) -> str:
        return str(row.article)


def _decided(row: Correction, by: Actor, accept: bool, data: dict[str, Any]) -> None:
    reading.decide_correction(row, by=by, accept=accept, answer=data.get("answer", ""))


class GapPages(Pages):
    """What was searched for in vain: what the knowledge base lacks."""

    room, name, plural, address = "knowledge", "gap", "gaps", "knowledge/gaps"
    model, title, one, icon = SearchGap, _("Searched for in vain"), _("gap"), "search-off"
    view = perms.WRITE
    order = ("-times", "-id")
    search = ("text",)
    columns = [Column("text", link=True), Column("times", align="right"), Column("by_staff"), Column("last_at"), Column("first_at", default=False)]
    panels = [Facts(_("Gap"), ["text", "times", "by_staff", "first_at", "last_at", "settled_at"])]
    actions = [Action("settle", _("Settled"), "check", perms.WRITE, run=lambda row, by, data: reading.settle_gap(row, by=by), bulk=True)]
    empty = _("Nothing was searched for in vain. Who searched is never kept.")

    def rows(self, user: Any) -> models.QuerySet[Any]:
        return SearchGap.objects.filter(settled_at=None)

    def heading(self, row: Any) -> str:
        return str(row.text)

