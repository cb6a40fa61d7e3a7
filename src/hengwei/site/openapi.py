"""The description of the API in the reader's language; English where nobody asks for another, since tools read it."""

from __future__ import annotations

import json
from functools import cache
from inspect import cleandoc
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

#: What is read by people; `title` is made of the names of fields and stays as those do.
_READ = ("summary", "description")
#: Values of the API, not words.
_VALUES = ("default", "example", "examples", "enum", "const")
#: What the library says of an answer.
_ANSWERS = (gettext_noop("OK"), gettext_noop("Created"), gettext_noop("Accepted"), gettext_noop("No Content"))
#: What a parameter means everywhere, unless an operation says it of its own.
_PARAMETERS = {
    "a": gettext_noop("The earlier moment, with its time zone."), "b": gettext_noop("The later moment, with its time zone."),
    "action": gettext_noop("What is done: one of the keys above."), "after": gettext_noop("Id of the later version."), "agreement": gettext_noop("Only of this agreement (id)."),
    "amount": gettext_noop("How much, in the unit."), "article": gettext_noop("Number of the article."), "as_of": gettext_noop("As it was at this moment; now unless given."),
    "at": gettext_noop("At this moment; now unless given."), "before": gettext_noop("Id of the earlier version."), "binding": gettext_noop("Id of what proves the clause."),
    "by": gettext_noop("By what the figures are grouped."), "category": gettext_noop("Only of this category (key)."), "control": gettext_noop("Key of the control."),
    "cursor": gettext_noop("Where to go on: `next` of the page before."), "customer": gettext_noop("Only of this customer (id)."),
    "days": gettext_noop("Nobody heard of them for so many days; as the desk is set up unless given."), "deed": gettext_noop("`accept` or `refuse`."),
    "entry": gettext_noop("Id of the entry of the timeline."), "field": gettext_noop("What is learnt: such as `category` or `team`."), "first": gettext_noop("The first day."),
    "form": gettext_noop("The form of the file."), "into": gettext_noop("Number of the item into which it would be merged."), "key": gettext_noop("Its key."),
    "kind": gettext_noop("Only of this kind."), "last": gettext_noop("The last day."), "last_month": gettext_noop("The month before instead of the present one."),
    "least": gettext_noop("From so many times on."), "limit": gettext_noop("How many at most on a page."), "macro": gettext_noop("Id of the macro."),
    "measure": gettext_noop("Only of this promise: such as `first_response` or `resolution`."), "model": gettext_noop("What sort of record: such as `org.team`."),
    "number": gettext_noop("Its number."), "offset": gettext_noop("How many are passed over."), "open": gettext_noop("Only what is open, or only what is finished."),
    "owner": gettext_noop("Only of whom this person (id) handles or answers for."), "pack": gettext_noop("Key of the built-in regulation."), "person": gettext_noop("Only of this person (id)."),
    "phase": gettext_noop("Only in this phase: new, active, waiting, resolved or closed."), "pk": gettext_noop("Its id."), "priority": gettext_noop("Only of this priority; 1 is the highest."),
    "q": gettext_noop("Words that are searched for."), "received_after": gettext_noop("Only what reached us after this moment."), "requester": gettext_noop("Only of this requester (id)."),
    "review_overdue": gettext_noop("Only what should have been reviewed by now."), "since": gettext_noop("From this day on."), "snapshot": gettext_noop("Id of the frozen month."),
    "sort": gettext_noop("By what it is sorted: the name of a column, with `-` before it the other way round."), "start": gettext_noop("The moment to begin at, with its time zone."),
    "state": gettext_noop("Only in this state."), "status": gettext_noop("Only in this state."), "step": gettext_noop("The step."), "tag": gettext_noop("Only with this tag."),
    "target": gettext_noop("Id of the promise."), "team": gettext_noop("Only of this team (id)."), "template": gettext_noop("Id of the template of the checklist."),
    "text": gettext_noop("The words."), "token": gettext_noop("The token of the link."), "trial": gettext_noop("Id of the trial."), "unit": gettext_noop("`hours`, `minutes`, `days` (to the end of the last of them) or `days_same_time` (to the same time of day)."),
    "unread": gettext_noop("Only unread ones."), "until": gettext_noop("Until this day or moment."), "user": gettext_noop("Id of the person."),
    "version": gettext_noop("The version that you read: a stale one is refused with 409."), "waiting": gettext_noop("Only what waits for somebody's review."),
}


class Api(NinjaAPI):
    """An API whose description speaks the language that is active."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for parameter in operation.get("parameters", ()):
                    own = parameter.get("description") or parameter["schema"].get("description")
                    if not own and parameter["name"] in _PARAMETERS:
                        parameter["description"] = _PARAMETERS[parameter["name"]]
        for one in schema["components"]["schemas"].values():
            if "enum" in one:
                one.pop("description", None)  # Of the code, for who writes it.
        return _said(schema)


def _said(node: Any) -> Any:
    """The description with what people read in the active language. What is in it already stays: its Chinese is looked up and not found."""
    if isinstance(node, dict):
        return {key: gettext(cleandoc(str(one))) if key in _READ and one and not isinstance(one, dict | list) else one if key in _VALUES else _said(one) for key, one in node.items()}
    return [_said(one) for one in node] if isinstance(node, list | tuple) else node


def language_of(request: HttpRequest) -> str:
    """Chinese or English: `?language=`, else the first of Accept-Language that is either, else English."""
    asked = [(request.GET["language"], 1.0)] if "language" in request.GET else parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    for code, _share in asked:
        if code.lower().startswith(("zh", "en")):
            return "zh-hans" if code.lower().startswith("zh") else "en"
    return "en"


@cache
def written(language: str) -> bytes:
    """The document in one language; made once."""
    from hengwei.site.api import api

    with override(language):
        return json.dumps(api.get_openapi_schema(), ensure_ascii=False, default=str).encode()


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    language = language_of(request)
    return HttpResponse(written(language), content_type="application/json", headers={"Content-Language": language, "Vary": "Accept-Language"})
