"""Addresses of regulations."""

from django.urls import path

from .pages import kept, reading, writing
from .pages.kept import RegulationPages

app_name = "governance"
urlpatterns = [
    path("regulations/import", writing.import_text, name="import"),
    path("regulations/built-in", kept.adopt_pack, name="packs"),
    path("regulations/coverage", kept.coverage, name="coverage"),
    path("regulations/controls", kept.catalogue, name="controls"),
    path("regulations/readings", reading.readings, name="readings"),
    path("regulations/<int:pk>/draft", writing.draft, name="draft"),
    path("regulations/<int:pk>/draft/<slug:verb>", writing.change_draft, name="draft_change"),
    path("regulations/<int:pk>/bind", writing.bind, name="bind"),
    path("regulations/<int:pk>/bind/<slug:key>", writing.bind_clause, name="bind_clause"),
    path("regulations/<int:pk>/bind/<slug:key>/trial", writing.trial, name="trial"),
    path("regulations/<int:pk>/binding/<int:binding>", writing.binding, name="binding"),
    path("regulations/<int:pk>/life", writing.life_page, name="life"),
    path("regulations/<int:pk>/life/<slug:verb>", writing.live, name="live"),
    path("regulations/<int:pk>/clauses/<slug:key>", reading.clause, name="clause"),
    path("regulations/<int:pk>/exceptions/<int:binding>", reading.exceptions, name="exceptions"),
    path("regulations/<int:pk>/exceptions/<int:binding>.<str:form>", reading.exceptions, name="exceptions_file"),
    path("regulations/<int:pk>/attest/<int:binding>", reading.attest, name="attest"),
    path("regulations/<int:pk>/correct/<int:binding>", reading.correct, name="correct"),
    path("regulations/<int:pk>/run", reading.run, name="run"),
    path("regulations/<int:pk>/read", reading.read, name="read"),
    path("regulations/<int:pk>/acknowledge", reading.acknowledge, name="acknowledge"),
    path("regulations/<int:pk>/compare", reading.compare, name="compare"),
    path("regulations/<int:pk>/text.<str:form>", reading.export, name="export"),
    path("regulations/<int:pk>/print", reading.print_board, name="print"),
    path("regulations/<int:pk>/freeze", reading.freeze, name="freeze"),
    path("regulations/<int:pk>/months/<int:snapshot>", reading.snapshot, name="snapshot"),
    path("regulations/<int:pk>/months/<int:snapshot>.<str:form>", reading.snapshot, name="snapshot_file"),
    *RegulationPages.urls(),
]
