"""Addresses of the desk."""

from django.urls import path

from .pages import calls, follow_ups, portal

app_name = "desk"
urlpatterns = [
    path("portal/", portal.portal, name="portal"),
    path("portal/offers", portal.offers, name="offers"),
    path("portal/new", portal.ask, name="ask"),
    path("portal/new/<slug:key>", portal.ask, name="ask_entry"),
    path("portal/rate/<str:token>", portal.rate_by_link, name="rate"),
    path("portal/<str:number>/rate", portal.rate_item, name="rate_item"),
    path("desk/new", calls.new, name="new"),
    path("desk/people", calls.find_people, name="people"),
    path("desk/follow-ups", follow_ups.follow_ups, name="follow_ups"),
    path("desk/follow-ups/<int:pk>", follow_ups.complete, name="complete"),
    path("desk/replies/<str:number>", calls.canned, name="canned"),
]
