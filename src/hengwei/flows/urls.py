"""Addresses of what joins rooms."""

from django.urls import path

from .pages import automation, knowledge, learning

app_name = "flows"
urlpatterns = [
    path("automation/rules/<int:pk>/dry-run", automation.dry_run, name="dry_run"),
    path("automation/learning", learning.learning, name="learning"),
    path("automation/learning/train", learning.train, name="learning_train"),
    *automation.RulePages.urls(),
    *automation.FiringPages.urls(),
    path("knowledge/for/<str:number>", knowledge.card, name="card"),
    path("knowledge/for/<str:number>/manual", knowledge.manual, name="manual"),
    path("knowledge/for/<str:number>/steps/<int:pk>", knowledge.tick, name="tick"),
    path("knowledge/for/<str:number>/draft", knowledge.draft, name="draft"),
    path("knowledge/for/<str:number>/reusable", knowledge.reusable, name="reusable"),
    path("knowledge/for/<str:number>/<str:article>/<slug:how>", knowledge.use, name="use"),
]
