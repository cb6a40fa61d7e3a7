"""Addresses of what joins rooms."""

from django.urls import path

from .pages import knowledge

app_name = "flows"
urlpatterns = [
    path("knowledge/for/<str:number>", knowledge.card, name="card"),
    path("knowledge/for/<str:number>/manual", knowledge.manual, name="manual"),
    path("knowledge/for/<str:number>/steps/<int:pk>", knowledge.tick, name="tick"),
    path("knowledge/for/<str:number>/draft", knowledge.draft, name="draft"),
    path("knowledge/for/<str:number>/reusable", knowledge.reusable, name="reusable"),
    path("knowledge/for/<str:number>/<str:article>/<slug:how>", knowledge.use, name="use"),
]
