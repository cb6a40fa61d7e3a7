"""The page on which people read the API, made from its description: nothing is loaded from elsewhere, and nothing needs a script."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


@dataclass(frozen=True, slots=True)
class Member:
    """Something that is sent: in the path, the query or the body."""

    name: str
    kind: str
    needed: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Call:
    """One operation."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[Member]
    body: list[Member]


class Docs(DocsBase):
    """The page, in the language of the person."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        language = "en" if get_language() == "en" else "zh-hans"
        return render(request, "site/reference.html", {"rooms": _rooms(language), "language": language})


@cache
def _rooms(language: str) -> list[tuple[str, list[Call]]]:
    """The calls by the first part of their path."""
    from hengwei.site.openapi import written

    schema = json.loads(written(language))
    parts = schema["components"]["schemas"]
    found: dict[str, list[Call]] = {}
    for path, verbs in sorted(schema["paths"].items()):
        for verb, what in verbs.items():
            parameters = [
                Member(one["name"], _kind(one["schema"], parts), bool(one.get("required")), one.get("description") or one["schema"].get("description", ""))
                for one in what.get("parameters", ())
            ]
            call = Call(verb.upper(), path, what.get("summary", ""), what.get("description", ""), parameters, _body(what, parts))
            found.setdefault(path.removeprefix("/api/v1/").split("/")[0], []).append(call)
    return sorted(found.items())


def _body(what: dict[str, Any], parts: dict[str, Any]) -> list[Member]:
    forms: list[dict[str, Any]] = list(what.get("requestBody", {}).get("content", {}).values())
    sent = _resolved(forms[0].get("schema", {}), parts) if forms else {}
    needed = sent.get("required", ())
    return [Member(name, _kind(one, parts), name in needed, one.get("description", "")) for name, one in sent.get("properties", {}).items()]


def _resolved(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    return parts.get(schema["$ref"].rpartition("/")[2], {}) if "$ref" in schema else schema


def _kind(schema: dict[str, Any], parts: dict[str, Any]) -> str:
    """The type as it is written in JSON, or the values that may be chosen."""
    schema = _resolved(schema, parts)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(one, parts) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), parts)}]"
    return str(schema.get("format") or schema.get("type") or "…")
