"""Addresses of the desk."""

from django.urls import path

from . import pages

app_name = "desk"
urlpatterns = [
    path("portal/", pages.portal, name="portal"),
    path("portal/offers", pages.offers, name="offers"),
    path("portal/new", pages.ask, name="ask"),
    path("portal/new/<slug:key>", pages.ask, name="ask_entry"),
    path("portal/rate/<str:token>", pages.rate_by_link, name="rate"),
    path("portal/<str:number>/rate", pages.rate_item, name="rate_item"),
    path("desk/new", pages.new, name="new"),
    path("desk/people", pages.find_people, name="people"),
    path("desk/follow-ups", pages.follow_ups, name="follow_ups"),
    path("desk/follow-ups/<int:pk>", pages.complete, name="complete"),
    path("desk/replies/<str:number>", pages.canned, name="canned"),
]
