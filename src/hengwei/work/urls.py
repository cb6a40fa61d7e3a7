"""Addresses of work items: `/items/INC-2026-000123` is the address of any of them."""

from django.urls import path

from .pages import (
    agreement_papers,
    approvals,
    board,
    clock,
    colleagues,
    escalation,
    export,
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
    path("items/export.<str:form>", export.export, name="export"),
    path("items/row/<int:pk>", queue.row, name="row"),
    path("items/bulk", queue.bulk, name="bulk"),
    path("items/merge-preview", colleagues.merge_preview, name="merge_preview"),
    path("items/undo", queue.undo, name="undo"),
    path("items/views", queue.keep_view, name="views"),
    path("items/counters", queue.counters, name="counters"),
    path("items/columns", queue.columns, name="columns"),
    path("items/<str:number>", item.show, name="item"),
    path("items/<str:number>/draft", item.keep_draft, name="draft"),
    path("items/<str:number>/presence", item.presence, name="presence"),
    path("items/<str:number>/similar", colleagues.similar, name="similar"),
    path("items/<str:number>/people", colleagues.mentionable, name="mentionable"),
    path("items/<str:number>/clocks/<int:pk>", clock.explain, name="clock"),
    path("items/<str:number>/signatures/<int:pk>", sign_offs.show, name="sign_off"),
    path("items/<str:number>/<slug:verb>", item.act, name="act"),
    path("callbacks", colleagues.callbacks, name="callbacks"),
    path("callbacks/<int:pk>", colleagues.callback_made, name="callback_made"),
    path("hand-overs", colleagues.hand_overs, name="hand_overs"),
    path("hand-overs/<int:pk>", colleagues.answer, name="hand_over"),
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
