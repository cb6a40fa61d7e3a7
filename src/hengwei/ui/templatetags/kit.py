"""What the page kit's templates need: fields, charts, panels hung by other rooms."""

from __future__ import annotations

import json
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from hengwei.core.asked import chosen as chosen_id
from hengwei.ui import markdown as words
from hengwei.ui.kit.panels import hung
from hengwei.ui.kit.picking import attributes, picker_of, typed_field

register = template.Library()


@register.simple_tag
def field(bound: BoundField, wide: Any = ()) -> SafeString:
    """A field with its label, hint and errors; `wide` names the fields that take the whole width."""
    widget = bound.field.widget
    many = isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    broad = bound.name in (wide or ()) or isinstance(widget, forms.Textarea) or many
    if bound.errors or bound.help_text:
        said = " ".join(part for part in (f"{bound.id_for_label}-help" if bound.help_text else "", f"{bound.id_for_label}-error" if bound.errors else "") if part)
        widget.attrs["aria-describedby"] = said
    if bound.errors:
        widget.attrs["aria-invalid"] = "true"
    return render_to_string("ui/kit/field.html", {"field": bound, "checkbox": isinstance(widget, forms.CheckboxInput), "many": many, "broad": broad})


@register.simple_tag(takes_context=True)
def picker(context: Any, key: str, *, name: str, chosen: Any = None, blank: Any = None, fixed: Any = (), **attrs: Any) -> SafeString:
    """A field that finds one of very many while one types; `chosen` is a row or its id, without `blank` one must be chosen; `fixed` are choices besides.

    More attributes are written with underscores: `aria_label`, `data_submit=""`.
    """
    found = picker_of(key)
    row = chosen
    if chosen is not None and not hasattr(chosen, "pk"):
        pk = chosen_id({"one": chosen}, "one")
        row = found.seen(context["request"].user).filter(pk=pk).first() if pk else None
    if blank is None:
        attrs.setdefault("required", "")
    given = {"class": "form-select", **attributes(found), **{one.replace("_", "-"): value for one, value in attrs.items()}, "name": name}
    head = format_html_join("", ' {}="{}"', given.items())
    options = format_html('<option value="">{}</option>', blank or "")
    options += format_html_join("", '<option value="{}"{} data-fixed>{}</option>', ((key, mark_safe(" selected") if str(key) == str(chosen) else "", words) for key, words in fixed))
    if row is not None:
        options += format_html('<option value="{}" selected>{}</option>', row.pk, found.full(row))
    return format_html("<select{}>{}</select>{}", head, options, typed_field(name))


@register.simple_tag
def finds(key: str) -> SafeString:
    """The attributes that let a field of words find a number or an address while one types."""
    return format_html_join("", ' {}="{}"', attributes(picker_of(key)).items())


@register.simple_tag(takes_context=True)
def chart(context: Any, figure: Any) -> SafeString:
    """A chart with its table and files; the page's view answers for the files by `charts.asked_file`."""
    asked = context["request"].GET.copy()
    for name in ("chart", "form"):
        asked.pop(name, None)
    here = asked.urlencode()
    return render_to_string("ui/kit/chart.html", {"chart": figure, "option": json.dumps(figure.drawing(), ensure_ascii=False), "here": f"{here}&" if here else ""})


@register.simple_tag
def cell_second(column: Any, row: Any) -> Any:
    """The quieter line of a cell."""
    return column.second(row) or ""


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as clean HTML."""
    return words.render(text)


@register.simple_tag(takes_context=True)
def panels(context: Any, page: str, row: Any, side: bool = False) -> SafeString:
    """The panels that rooms above hung on a hand-made page, such as `work.item`."""
    request: HttpRequest = context["request"]
    found = sorted((p for p in hung(page) if p.side == side and (not p.permission or request.user.may(p.permission))), key=lambda p: p.order)  # type: ignore[union-attr]
    return SafeString("".join(panel.render(row, request) for panel in found))
