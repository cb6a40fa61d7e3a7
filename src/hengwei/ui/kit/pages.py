"""The pages of one kind of record: list, detail, edit, deeds on one and on many, files; from a declaration."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from ninja import Router

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Message
from hengwei.core.rest import keyset

from . import rest
from .actions import Action
from .columns import Column
from .exports import MOST, table_response
from .forms import Inline, KitForm, KitModelForm, dress, name_all
from .history import PANEL
from .panels import Panel, hung

#: Every declaration by `room.name`; tests and the settings page walk over it.
declared: dict[str, type[Pages]] = {}


class Pages:
    """Declare a subclass; put `*TheseP.urls()` into the room's `urlpatterns` and `TheseP.router()` into its API.

    URL names are `room:plural` (list), `room:name` (one), `room:name_new`, `room:name_edit`, `room:name_do`,
    `room:plural_do`, `room:plural_export`, `room:plural_columns`.
    """

    #: The room's namespace, the record's name in addresses and its plural, the address below `/`.
    room: ClassVar[str]
    name: ClassVar[str]
    plural: ClassVar[str]
    address: ClassVar[str]
    model: ClassVar[type[models.Model]]
    title: ClassVar[Message]
    one: ClassVar[Message]
    icon: ClassVar[str] = "list"
    #: What one must hold to see, and to make or change; '' for everyone who works here.
    view: ClassVar[str] = ""
    change: ClassVar[str] = ""
    #: Also for people who do not work here (what they see is up to `rows`).
    for_requesters: ClassVar[bool] = False
    #: Keyset order of the list: non-null columns in one direction, the last unique; an index must fit it.
    order: ClassVar[tuple[str, ...]] = ("id",)
    #: What their order means, said on the page where they are put in order.
    ordering: ClassVar[Message] = ""
    #: Other orders to choose from: (key, label, columns).
    sorts: ClassVar[Sequence[tuple[str, Message, tuple[str, ...]]]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[type[django_filters.FilterSet] | None] = None
    form: ClassVar[type[KitForm] | type[KitModelForm] | None] = None
    can_create: ClassVar[bool] = True
    panels: ClassVar[Sequence[Panel]] = ()
    actions: ClassVar[Sequence[Action]] = ()
    empty: ClassVar[Message] = ""
    #: A page of the room's own for one record instead of the kit's: a template that extends `ui/kit/detail.html`.
    detail_template: ClassVar[str] = "ui/kit/detail.html"
    list_template: ClassVar[str] = "ui/kit/list.html"
    edit_template: ClassVar[str] = "ui/kit/edit.html"

    def __init_subclass__(cls) -> None:
        if "model" in cls.__dict__:
            declared[f"{cls.room}.{cls.name}"] = cls

    # --- what a room fills in -------------------------------------------------------------------------------------

    def rows(self, user: Any) -> models.QuerySet[Any]:
        """The rows that this person may see, with all that a list shows of them."""
        visible = getattr(self.model._default_manager, "visible_to", None)
        return visible(user) if visible else self.model._default_manager.all()

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        """Make (`row` is None) or change a record by the room's action; returns the record."""
        raise TypeError(f"{type(self).__name__} has a form and no save()")

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        """Rows inside the form, bound to `data` when it is not None."""
        return []

    def put_in_order(self, pks: Sequence[int], *, by: Actor) -> None:
        """Put the records in this order by the room's action. A room that fills this in gets a page for it."""
        raise TypeError(f"{type(self).__name__} cannot be put in order")

    def in_order(self, user: Any) -> Any:
        """The records that people put in order, as they stand; those put away have no place in it."""
        rows = self.rows(user).order_by(*self.order)
        return rows.filter(archived_at=None) if any(field.name == "archived_at" for field in self.model._meta.fields) else rows

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """What a new record's form begins with; the address may bring some of it."""
        return {name: request.GET[name] for name in request.GET}

    def may_change(self, user: Any, row: Any) -> bool:
        """Whether this person may make (`row` is None) or change this record."""
        return not self.change or user.may(self.change)

    def subtitle(self, row: Any) -> Any:
        """The quieter words beside a record's name."""
        return ""

    def heading(self, row: Any) -> str:
        """A record's name at the head of its page."""
        return str(row)

    def address_of(self, row: Any) -> str:
        """Where a record's page is."""
        return reverse(f"{self.room}:{self.name}", args=[row.pk])

    @property
    def orderable(self) -> bool:
        """Whether people may put these records in order themselves."""
        return type(self).put_in_order is not Pages.put_in_order

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        """More for the templates of the list (`row` is None) or of a record."""
        return {}

    # --- addresses ------------------------------------------------------------------------------------------------

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """The addresses of these pages, for the room's `urlpatterns`."""
        page, base = cls(), cls.address.strip("/")

        def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(f"{base}{route}", login_required(view), name=name)

        found = [
            at("", page.list_page, cls.plural),
            at("/export.<str:form>", page.export, f"{cls.plural}_export"),
            at("/columns", require_POST(page.choose_columns), f"{cls.plural}_columns"),
        ]
        if any(action.bulk for action in cls.actions):
            found.append(at("/do", require_POST(page.do_many), f"{cls.plural}_do"))
        if page.orderable:
            found.append(at("/order", page.order_page, f"{cls.plural}_order"))
        if cls.form is not None:
            if cls.can_create:
                found.append(at("/new", page.edit_page, f"{cls.name}_new"))
            found.append(at("/<int:pk>/edit", page.edit_page, f"{cls.name}_edit"))
        if cls.actions:
            found.append(at("/<int:pk>/do/<str:action>", page.do_one, f"{cls.name}_do"))
        found.append(at("/<int:pk>", require_GET(page.detail_page), cls.name))
        return found

    @classmethod
    def router(cls) -> Router:
        """The same over REST: list, one, POST, PATCH, deeds; by the same form, actions and rights."""
        return rest.router_of(cls())

    # --- pages ----------------------------------------------------------------------------------------------------

    def reader(self, request: HttpRequest) -> Any:
        """The person who asks, if these pages exist for him."""
        user = signed_in(request)
        if not (user.is_agent or self.for_requesters) or (self.view and not user.may(self.view)):
            raise Http404
        return user

    def find(self, user: Any, pk: int) -> Any:
        """The record, if this person may see it."""
        row = self.rows(user).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def shown(self, user: Any) -> list[Column]:
        """The columns that this reader chose, else the usual ones."""
        kept = user.pref(f"columns.{self.room}.{self.plural}")
        by_name = {column.name: column for column in self.columns}
        chosen = [by_name[name] for name in kept or () if name in by_name]
        return chosen or [column for column in self.columns if column.default]

    def narrowed(self, request: HttpRequest, user: Any) -> tuple[models.QuerySet[Any], Any]:
        """The rows by the address: filters and words. What cannot be understood is passed over."""
        rows, filters = self.rows(user), None
        if self.filters is not None:
            filters = self.filters(request.GET, queryset=rows, request=request)
            dress(filters.form)
            name_all(filters.form)
            filters.form.is_valid()
            rows = filters.filter_queryset(rows) if not filters.form.errors else rows
        for word in request.GET.get("q", "").split()[:6]:
            rows = rows.filter(Q(*[(f"{field}__icontains", word) for field in self.search], _connector=Q.OR)) if self.search else rows
        return rows, filters

    def _order(self, request: HttpRequest) -> tuple[str, ...]:
        return next((order for key, _label, order in self.sorts if key == request.GET.get("sort")), self.order)

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """The list, fifty rows at a time."""
        user = self.reader(request)
        rows, filters = self.narrowed(request, user)
        page = keyset(rows, order=self._order(request), cursor=request.GET.get("cursor", ""))
        shown = self.shown(user)
        heads = [(c, c.title(self.model), c.is_short(self.model)) for c in shown]
        given = {key: value for key, value in request.GET.items() if value and key != "cursor"}
        return render(request, self.list_template, {
            "pages": self, "heads": heads, "filters": filters, "given": given, "here": urlencode(given),
            "lines": [(row, self.address_of(row), [(c, head, short, c.html(row)) for c, head, short in heads]) for row in page["items"]], "next": page["next"],
            "cursor": request.GET.get("cursor", ""), "q": request.GET.get("q", ""), "sort": request.GET.get("sort", ""),
            "all_columns": [(c, c.title(self.model), c in shown) for c in self.columns],
            "bulk": [a for a in self.actions if a.bulk and (not a.permission or user.may(a.permission))],
            "may_order": self.orderable and self.may_change(user, None),
            "may_create": self.form is not None and self.can_create and self.may_change(user, None), "urls": self._urls(), **self.extra(request),
        })

    def _urls(self) -> dict[str, str]:
        names = {"list": self.plural, "columns": f"{self.plural}_columns"}
        if any(action.bulk for action in self.actions):
            names["do"] = f"{self.plural}_do"
        if self.form is not None and self.can_create:
            names["new"] = f"{self.name}_new"
        if self.orderable:
            names["order"] = f"{self.plural}_order"
        found = {key: reverse(f"{self.room}:{name}") for key, name in names.items()}
        return {**found, **{form: reverse(f"{self.room}:{self.plural}_export", args=[form]) for form in ("csv", "xlsx")}}

    def export(self, request: HttpRequest, form: str) -> HttpResponse:
        """The list with its filters as a file, all columns."""
        user = self.reader(request)
        rows, _filters = self.narrowed(request, user)
        lines = ([column.text(row) for column in self.columns] for row in rows.order_by(*self._order(request))[:MOST].iterator(chunk_size=2000))
        return table_response(form, str(self.title), [column.title(self.model) for column in self.columns], lines)

    def choose_columns(self, request: HttpRequest) -> HttpResponse:
        """Remember which columns this reader wants, in which order."""
        user = self.reader(request)
        known = {column.name for column in self.columns}
        chosen = [name for name in request.POST.getlist("column") if name in known]
        kept = {**user.preferences, f"columns.{self.room}.{self.plural}": chosen}
        get_user_model().objects.filter(pk=user.pk).update(preferences=kept)
        return redirect(f"{reverse(f'{self.room}:{self.plural}')}?{request.POST.get('here', '')}")

    def detail_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One record: its panels, and what can be done with it."""
        user = self.reader(request)
        return self.detail(request, self.find(user, pk))

    def detail(self, request: HttpRequest, row: Any) -> HttpResponse:
        """The page of a record that was found."""
        user = signed_in(request)
        panels = [p for p in (*self.panels, *hung(f"{self.room}.{self.name}"), PANEL) if not p.permission or user.may(p.permission)]
        panels.sort(key=lambda panel: panel.order)
        offered = [action for action in self.actions if action.offered(user, row)]
        return render(request, self.detail_template, {
            "pages": self, "row": row, "heading": self.heading(row), "subtitle": self.subtitle(row), "urls": self._urls(),
            "main": [p.render(row, request) for p in panels if not p.side], "side": [p.render(row, request) for p in panels if p.side],
            "deeds": [(action, reverse(f"{self.room}:{self.name}_do", args=[row.pk, action.key])) for action in offered],
            "edit_url": reverse(f"{self.room}:{self.name}_edit", args=[row.pk]) if self.form is not None and self.may_change(user, row) else "",
            **self.extra(request, row),
        })

    # --- making and changing --------------------------------------------------------------------------------------

    def bound(self, data: Any, files: Any, row: Any, initial: dict[str, Any] | None = None) -> Any:
        """The form with its inlines, bound to data or not. The record itself is copied: a form that is checked changes nothing."""
        assert self.form is not None
        options: dict[str, Any] = {"initial": initial or None}
        if issubclass(self.form, forms.ModelForm):
            options["instance"] = copy.copy(row) if row is not None else None
        elif row is not None:
            options["initial"] = self.values(row)
        form = self.form(data, files, **options)
        form.inlines = self.inlines(data, row)
        for inline in form.inlines:
            for one in inline.formset.forms:
                dress(one)
        sent = str(data.get("version", "")) if data is not None else ""
        form.version = int(sent) if sent.isdecimal() else None
        return form

    def values(self, row: Any) -> dict[str, Any]:
        """A record as the initial values of a form that is no ModelForm."""
        return {name: getattr(row, name, None) for name in self.form.base_fields} if self.form else {}

    def try_save(self, form: Any, *, row: Any, by: Actor) -> tuple[Any, int]:
        """Check and save; (record, 0), or (None, status) with the form saying what is wrong."""
        sound = form.is_valid()
        for inline in form.inlines:
            sound = inline.formset.is_valid() and sound
        if not sound:
            return None, 422
        try:
            with transaction.atomic():
                return self.save(form, row=row, by=by), 0
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return None, error.status

    def edit_page(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        """Make one, or change one."""
        user = self.reader(request)
        row = self.find(user, pk) if pk else None
        if not self.may_change(user, row):
            raise Http404
        posted = request.method == "POST"
        form = self.bound(request.POST if posted else None, request.FILES if posted else None, row, None if pk else self.initial(request))
        status = 200
        if posted:
            saved, status = self.try_save(form, row=row, by=current())
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect(self.address_of(saved))
        return render(request, self.edit_template, {
            "pages": self, "row": row, "form": form, "urls": self._urls(),
            "heading": self.heading(row) if row is not None else _("New: %(what)s") % {"what": self.one},
            "back": self.address_of(row) if row is not None else reverse(f"{self.room}:{self.plural}"), **self.extra(request, row),
        }, status=status or 200)

    def order_page(self, request: HttpRequest) -> HttpResponse:
        """Put the records in order: by dragging, or by the keys beside each."""
        user = self.reader(request)
        if not self.may_change(user, None):
            raise Http404
        rows = self.in_order(user)
        if request.method == "POST":
            mine = set(rows.values_list("pk", flat=True))
            self.put_in_order([int(pk) for pk in request.POST.getlist("row") if pk.isdecimal() and int(pk) in mine], by=current())
            messages.success(request, _("Saved."))
            return redirect(reverse(f"{self.room}:{self.plural}"))
        return render(request, "ui/kit/order.html", {"pages": self, "lines": [(row, self.heading(row), self.subtitle(row)) for row in rows], "urls": self._urls()})

    # --- deeds ----------------------------------------------------------------------------------------------------

    def _action(self, key: str) -> Action:
        found = next((action for action in self.actions if action.key == key), None)
        if found is None:
            raise Http404
        return found

    def do_one(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Do it with one record. A deed with a form shows that first; a refusal keeps what was typed."""
        user, deed = self.reader(request), self._action(action)
        row = self.find(user, pk)
        if not deed.offered(user, row):
            raise Http404
        data = request.POST if request.method == "POST" else None
        form = deed.form(data, request.FILES or None, initial=deed.initial(row)) if deed.form is not None else None
        if form is not None:
            dress(form)
        status = 200
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                said = deed.do(row, by=current(), data=form.cleaned_data if form is not None else {})
            except ActionError as error:
                if form is None:
                    raise
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, str(said) or _("Done."))
                return self._after(request, self.address_of(row) if self.rows(user).filter(pk=pk).exists() else reverse(f"{self.room}:{self.plural}"))
        if form is not None and form.errors:
            status = 422
        template = "ui/kit/act_form.html" if request.headers.get("HX-Request") else "ui/kit/act.html"
        return render(request, template, {
            "pages": self, "row": row, "deed": deed, "form": form, "heading": capfirst(str(deed.label)), "back": self.address_of(row), "url": request.path,
        }, status=status)

    @staticmethod
    def _after(request: HttpRequest, to: str) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": to})
        return redirect(to)

    def do_many(self, request: HttpRequest) -> HttpResponse:
        """Do it with the chosen rows; one that is refused does not hold up the others, and is named."""
        user, deed = self.reader(request), self._action(request.POST.get("action", ""))
        chosen = [int(pk) for pk in request.POST.getlist("rows") if pk.isdecimal()][:500]
        done = 0
        for row in self.rows(user).filter(pk__in=chosen):
            try:
                if deed.offered(user, row):
                    deed.do(row, by=current(), data={})
                    done += 1
            except ActionError as error:
                messages.error(request, f"{row}: {error}")
        if done:
            messages.success(request, ngettext("%(n)d record: %(what)s", "%(n)d records: %(what)s", done) % {"n": done, "what": deed.label})
        return redirect(f"{reverse(f'{self.room}:{self.plural}')}?{request.POST.get('here', '')}")
