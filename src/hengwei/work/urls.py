"""Addresses of work items: `/items/INC-2026-000123` is the address of any of them."""

from django.urls import path

from .pages import (
    agreement_papers,
    approvals,
    board,
    clock,
    escalation,
    item,
    promises,
    queue,
    sign_offs,
    whatif,
)
from .pages.agreements import AgreementPages

app_name = "work"
urlpatterns = [
    path("items", queue.queue, name="queue"),
    path("items/export.<str:form>", queue.export, name="export"),
    path("items/row/<int:pk>", queue.row, name="row"),
    path("items/bulk", queue.bulk, name="bulk"),
    path("items/views", queue.keep_view, name="views"),
    path("items/<str:number>", item.show, name="item"),
    path("items/<str:number>/draft", item.keep_draft, name="draft"),
    path("items/<str:number>/presence", item.presence, name="presence"),
    path("items/<str:number>/clocks/<int:pk>", clock.explain, name="clock"),
    path("items/<str:number>/signatures/<int:pk>", sign_offs.show, name="sign_off"),
    path("items/<str:number>/<slug:verb>", item.act, name="act"),
    path("approvals", approvals.mine, name="approvals"),
    path("approvals/many", approvals.many, name="approve_many"),
    path("approvals/<int:pk>", approvals.one, name="approval"),
    path("approve/<str:token>", approvals.by_link, name="approve_by_link"),
    path("board", board.board, name="board"),
    path("promises", promises.promises, name="promises"),
    path("agreements/without", promises.without, name="without"),
    path("agreements/<int:pk>/compare", agreement_papers.compare, name="agreement_compare"),
    path("agreements/<int:pk>/what-if", whatif.whatif, name="whatif"),
    path("agreements/<int:pk>/v<int:number>/sign", agreement_papers.sign, name="agreement_sign"),
    path("agreements/<int:pk>/v<int:number>.pdf", agreement_papers.paper, name="agreement_paper"),
    path("agreements/<int:pk>/steps/<int:target>", escalation.steps, name="agreement_steps"),
    *AgreementPages.urls(),
    *escalation.LevelPages.urls(),
]
