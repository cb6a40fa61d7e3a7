"""The pages of a declaration over REST: the same rows, form, actions and rights; typed from the form's fields."""

from __future__ import annotations

import inspect
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Body, Router, Schema, Status
from pydantic import Field, create_model

from hengwei.core.acting import Actor
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Forbidden, NotFound, Refused
from hengwei.core.i18n import clauses, colon
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import Page, actor_of, keyset

if TYPE_CHECKING:
    from .pages import Pages

#: What a program sends for each kind of form field; more special ones first.
TYPES: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.BooleanField, bool), (forms.ModelMultipleChoiceField, list[int]), (forms.ModelChoiceField, int | str),
    (forms.TypedMultipleChoiceField, list[str]), (forms.MultipleChoiceField, list[str]), (forms.JSONField, Any), (forms.IntegerField, int),
    (forms.DecimalField, str), (forms.FloatField, float), (forms.DateTimeField, datetime), (forms.DateField, date), (forms.TimeField, time),
)


class RecordOut(Schema):
    """A record: its id, its name, and the values that its list shows. Rows are {id, name}."""

    id: int
    name: str
    values: dict[str, Any]


def schema_of(name: str, fields: dict[str, forms.Field], *, partial: bool) -> type[Schema]:
    """What may be sent: one typed member a field. With `partial` nothing is demanded."""
    members: dict[str, Any] = {}
    for key, field in fields.items():
        kind = next((kind for base, kind in TYPES if isinstance(field, base)), str)
        if isinstance(field, forms.FileField):
            continue
        needed = field.required and not partial
        members[key] = (kind if needed else kind | None, Field(... if needed else None, json_schema_extra=_hint(key, field)))
    members["version"] = (int | None, Field(None, description="The version that you read, where records have one: a stale one is a conflict."))
    return create_model(name, __base__=Schema, **members)  # type: ignore[no-any-return,call-overload]


def _hint(key: str, field: forms.Field) -> Any:
    """What a member of the form means, told when the API is described: in the language of who reads it."""
    def told(schema: dict[str, Any]) -> None:
        label = str(field.label or key)
        schema["description"] = f"{label}{colon()}{field.help_text}" if field.help_text else label

    return told


def _titled(title: Any) -> Any:
    return lambda schema: schema.update(description=str(title))


#: Words of the API with the name of a page's records in them, said when the API is described.
_spoken = lazy(lambda words, what: _(words) % {"what": what}, str)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, models.Model):
        return str(value.pk)
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def form_data(sent: dict[str, Any], fields: dict[str, forms.Field] | None = None, prefix: str = "") -> MultiValueDict[str, Any]:
    """JSON as a browser would send it."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for key, value in sent.items():
        field = (fields or {}).get(key)
        if value is None or value is False or isinstance(value, UploadedFile):
            continue
        if isinstance(field, forms.JSONField) and not isinstance(value, str):
            data[f"{prefix}{key}"] = field.prepare_value(value)
        elif isinstance(value, list | tuple | models.QuerySet):
            separate = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
            data.setlist(f"{prefix}{key}", [_text(one) for one in value] if separate else [",".join(_text(one) for one in value)])
        else:
            data[f"{prefix}{key}"] = _text(value)
    return data


def _with_inlines(page: Pages, data: MultiValueDict[str, Any], sent: dict[str, list[dict[str, Any]]], row: Any) -> None:
    """Add the rows of each inline: those that were sent, else those that are there."""
    for inline in page.inlines(None, row):
        prefix = inline.formset.prefix
        fields = inline.formset.empty_form.fields
        rows = sent.get(inline.key)
        if rows is None:
            rows = [form.initial for form in inline.formset.initial_forms]
        data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), "0"
        for number, one in enumerate(rows):
            data.update(form_data(one, fields, f"{prefix}-{number}-"))
            if inline.formset.can_order:
                data[f"{prefix}-{number}-ORDER"] = str(number + 1)


def _present(page: Pages, row: Any) -> dict[str, Any]:
    assert page.form is not None
    if issubclass(page.form, forms.ModelForm):
        own = {field.name for field in row._meta.get_fields()}
        return {**page.values(row), **model_to_dict(row, fields=[name for name in page.form.base_fields if name in own])}
    return page.values(row)


def router_of(page: Pages) -> Router:
    """The router of a declaration."""
    router, base, name = Router(), f"/{page.address.strip('/')}", page.name.title().replace("_", "")
    tags = [page.room]

    def reader(request: HttpRequest) -> Any:
        try:
            return page.reader(request)
        except Http404:
            raise Forbidden(_("You do not have the right to do this.")) from None

    def find(request: HttpRequest, pk: int) -> Any:
        try:
            return page.find(reader(request), pk)
        except Http404:
            raise NotFound(_("There is nothing here that you may see.")) from None

    def out(row: Any) -> dict[str, Any]:
        return {"id": row.pk, "name": page.heading(row), "values": {column.name: column.json(row) for column in page.columns}}

    def read_all(request: HttpRequest, q: str = "", sort: str = "", cursor: str = "", limit: int = 50) -> dict[str, Any]:
        rows, _filters = page.narrowed(request, reader(request))
        return keyset(rows, order=page._order(request), cursor=cursor, limit=limit, show=out)

    def read_one(request: HttpRequest, pk: int) -> dict[str, Any]:
        return out(find(request, pk))

    read_all.__doc__ = gettext_noop("The filters of the page are parameters here too.")
    router.get(base, response=Page[RecordOut], summary=_spoken(gettext_noop("List: %(what)s"), page.title), tags=tags, operation_id=f"{page.room}_{page.plural}_list")(read_all)
    router.get(f"{base}/{{int:pk}}", response=RecordOut, summary=_spoken(gettext_noop("Read one: %(what)s"), page.one), tags=tags, operation_id=f"{page.room}_{page.name}_read")(read_one)
    if page.form is not None:
        _writing(router, page, base, name, tags, find, reader, out)
    if page.orderable:
        _ordering(router, page, base, tags, reader)
    if page.actions:
        _deeds(router, page, base, tags, find, out)
    return router


def _writing(router: Router, page: Pages, base: str, name: str, tags: list[str], find: Any, reader: Any, out: Any) -> None:
    assert page.form is not None
    fields = page.form.base_fields
    inner = {inline.key: (list[dict[str, Any]] | None, Field(None, json_schema_extra=_titled(inline.title))) for inline in page.inlines(None, None)}

    def whole(title: str, *, partial: bool) -> type[Schema]:
        plain = schema_of(title, fields, partial=partial)
        return create_model(title, __base__=plain, **inner) if inner else plain  # type: ignore[no-any-return,call-overload]

    def store(request: HttpRequest, row: Any, sent: dict[str, Any], created: bool) -> Any:
        by: Actor = actor_of(request)
        if not page.may_change(signed_in(request), row):
            raise Forbidden(_("You do not have the right to do this."))
        rows = {key: sent.pop(key) for key in inner if key in sent and sent[key] is not None}
        data = form_data(sent, fields)
        _with_inlines(page, data, rows, row)
        form = page.bound(data, MultiValueDict(), row)
        saved, status = page.try_save(form, row=row, by=by)
        if saved is None:
            raise refusal(form, status)
        shown = out(page.rows(signed_in(request)).get(pk=saved.pk))
        return Status(201, shown) if created else shown

    new, patch = whole(f"{name}In", partial=False), whole(f"{name}Patch", partial=True)
    if page.can_create:
        def create(request: HttpRequest, payload: Any) -> Any:
            reader(request)
            return store(request, None, payload.dict(exclude_unset=True), True)

        create.__signature__ = _signature(create, payload=new)  # type: ignore[attr-defined]
        router.post(base, response={201: RecordOut}, summary=_spoken(gettext_noop("Make: %(what)s"), page.one), tags=tags, operation_id=f"{page.room}_{page.name}_create")(idempotent(create))

    def update(request: HttpRequest, pk: int, payload: Any) -> Any:
        row = find(request, pk)
        return store(request, row, {**_present(page, row), **payload.dict(exclude_unset=True)}, False)

    update.__signature__ = _signature(update, payload=patch)  # type: ignore[attr-defined]
    router.patch(f"{base}/{{int:pk}}", response=RecordOut, summary=_spoken(gettext_noop("Change: %(what)s"), page.one), tags=tags, operation_id=f"{page.room}_{page.name}_change")(update)


def _deeds(router: Router, page: Pages, base: str, tags: list[str], find: Any, out: Any) -> None:
    def act(request: HttpRequest, pk: int, action: str, payload: dict[str, Any] = Body(default={})) -> Any:
        row = find(request, pk)
        deed = next((one for one in page.actions if one.key == action), None)
        if deed is None or not deed.offered(signed_in(request), row):
            raise NotFound(_("This is not possible here now."))
        data: dict[str, Any] = {}
        if deed.form is not None:
            form = deed.form(form_data(payload, deed.form.base_fields))
            if not form.is_valid():
                raise refusal(form, 422)
            data = form.cleaned_data
        deed.do(row, by=actor_of(request), data=data)
        user = signed_in(request)
        return out(page.rows(user).filter(pk=pk).first() or row)

    act.__signature__ = _signature(act)  # type: ignore[attr-defined]
    doing = lazy(lambda: clauses(f"`{action.key}` {action.label}" for action in page.actions), str)()
    router.post(f"{base}/{{int:pk}}/do/{{action}}", response=RecordOut, summary=_spoken(gettext_noop("Do with one: %(what)s"), page.one), description=doing, tags=tags, operation_id=f"{page.room}_{page.name}_do")(act)


class OrderIn(Schema):
    """The ids of all records, the first one first."""

    ids: list[int]


def _ordering(router: Router, page: Pages, base: str, tags: list[str], reader: Any) -> None:
    def put_in_order(request: HttpRequest, payload: OrderIn) -> Any:
        user = reader(request)
        if not page.may_change(user, None):
            raise Forbidden(_("You do not have the right to do this."))
        mine = set(page.rows(user).values_list("pk", flat=True))
        page.put_in_order([pk for pk in payload.ids if pk in mine], by=actor_of(request))
        return {"ids": list(page.rows(user).order_by(*page.order).values_list("pk", flat=True))}

    put_in_order.__signature__ = _signature(put_in_order)  # type: ignore[attr-defined]
    router.post(f"{base}/order", response=OrderIn, summary=_spoken(gettext_noop("Put in order: %(what)s"), page.title), tags=tags, operation_id=f"{page.room}_{page.plural}_order")(put_in_order)


def _signature(function: Any, **types: Any) -> Any:
    signature = inspect.signature(function, eval_str=True)
    return signature.replace(parameters=[p.replace(annotation=types.get(n, p.annotation)) for n, p in signature.parameters.items()])


def refusal(form: Any, status: int) -> ActionError:
    """What is wrong, field by field, as an error to raise."""
    wrong = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
    for inline in getattr(form, "inlines", ()):
        for number, errors in enumerate(inline.formset.errors):
            for name, said in errors.items():
                wrong[f"{inline.key}.{number}.{name}"] = [str(one) for one in said]
        if inline.formset.non_form_errors():
            wrong[inline.key] = [str(one) for one in inline.formset.non_form_errors()]
    first = next(iter(wrong), None)
    title = wrong[first][0] if first else _("Some of the input cannot be read.")
    code = {403: "forbidden", 404: "not_found", 409: "conflict"}.get(status, "invalid")
    error = Refused(title, code=code, field=first if first != "__all__" else None, fields=wrong)
    error.status = status
    return error
