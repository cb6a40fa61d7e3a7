"""The form of a catalogue entry as a page shows it: with what was typed, what is wrong, and when each field is asked."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from hengwei.core.errors import ActionError
from hengwei.core.files import still_there
from hengwei.desk import fields as rules
from hengwei.desk.models import CatalogueEntry, CatalogueVersion
from hengwei.work import kinds

#: The kind of input of each type of field that is a plain one.
INPUTS = {"date": "date", "moment": "datetime-local", "number": "number"}


def shown_fields(definitions: list[dict[str, Any]], typed: Any = None, errors: dict[str, str] | None = None, user: Any = None) -> list[dict[str, Any]]:
    """The fields of a form, in the reader's language. All of them: the page hides what is not asked (portal.ts), the rules drop it."""
    found = []
    answers = {field["key"]: typed.getlist(f"f_{field['key']}") for field in definitions} if hasattr(typed, "getlist") else {}
    asked = {field["key"] for field in rules.shown(definitions, {key: value[-1] if value else "" for key, value in answers.items()})}
    for field in definitions:
        given = answers.get(field["key"], [])
        many = field["type"] in ("choices", "file")
        found.append({
            **field, "label": rules.label(field), "help": rules.help_text(field), "choices": rules.choices(field), "input": INPUTS.get(field["type"], "text"),
            "value": given if many else (given[-1] if given else ""), "kept": still_there(given, user=user) if field["type"] == "file" else [], "error": (errors or {}).get(field["key"], ""),
            "when_json": json.dumps(field["when"], ensure_ascii=False) if field.get("when") else "", "hidden": field["key"] not in asked,
        })
    return found


def answers_of(version: CatalogueVersion, sent: Any) -> dict[str, Any]:
    """What a page sent, by key of the field."""
    return {field["key"]: sent.getlist(f"f_{field['key']}") for field in version.fields}


def form_context(request: HttpRequest, entry: CatalogueEntry | None, error: ActionError | None) -> dict[str, Any]:
    """What the form's template needs, for those who are signed in and those who are not."""
    posted = request.method == "POST"
    typed: Any = request.POST if posted else {}
    errors = error.params.get("errors", {}) if error else {}
    return {
        "entry": entry, "error": error, "typed": typed, "title": request.POST.get("title") or request.GET.get("q", ""),
        "fields": shown_fields(entry.published.fields, typed, errors, request.user) if entry and entry.published else [],
        "kept_files": still_there(request.POST.getlist("files"), user=request.user), "kinds": [kind for kind in kinds.every() if kind.for_requesters],
    }
