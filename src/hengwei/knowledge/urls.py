"""Addresses of the knowledge base: `/knowledge/KB-2026-000123` is the address of any article, for staff and requesters alike."""

from django.urls import path, register_converter

from .pages import editing, exchange, kept, reading


class NumberConverter:
    """An article's number in an address."""

    regex = "KB-[0-9]{4}-[0-9]{6,}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "kb")

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", reading.home, name="home"),
    path("knowledge/search", reading.search, name="search"),
    path("knowledge/suggestions", reading.suggestions, name="suggestions"),
    path("knowledge/in/<slug:key>", reading.category, name="category"),
    path("knowledge/new", editing.edit, name="new"),
    path("knowledge/preview", editing.preview, name="preview"),
    path("knowledge/import", exchange.take_in, name="import"),
    path("knowledge/export.zip", exchange.write_out, name="export"),
    *kept.ArticlePages.urls(),
    *kept.CategoryPages.urls(),
    *kept.SystemPages.urls(),
    *kept.FaultPages.urls(),
    *kept.SynonymPages.urls(),
    *kept.CorrectionPages.urls(),
    *kept.GapPages.urls(),
    path("knowledge/<kb:number>", reading.article, name="article"),
    path("knowledge/<kb:number>/edit", editing.edit, name="edit"),
    path("knowledge/<kb:number>/versions", reading.versions, name="versions"),
    path("knowledge/<kb:number>/print", reading.printed, name="print"),
    path("knowledge/<kb:number>/say/<slug:what>", reading.say, name="say"),
    path("knowledge/<kb:number>/do/<slug:verb>", editing.act, name="act"),
]
