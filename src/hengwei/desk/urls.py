"""Addresses of the desk."""

from django.urls import path

from .pages import calls, catalogue, changes, department, figures, follow_ups, guests, majors, portal, surveys
from .pages.campaigns import CampaignPages
from .pages.words import MacroPages, ReplyPages

app_name = "desk"
urlpatterns = [
    path("portal/", portal.portal, name="portal"),
    path("portal/offers", portal.offers, name="offers"),
    path("portal/requests", portal.requests, name="requests"),
    path("portal/standards", portal.standards, name="standards"),
    path("portal/new", portal.ask, name="ask"),
    path("portal/new/<slug:key>", portal.ask, name="ask_entry"),
    path("portal/guest/new", guests.ask, name="guest_ask"),
    path("portal/guest/new/<slug:key>", guests.ask, name="guest_ask_entry"),
    path("portal/confirm/<str:token>", guests.confirm, name="guest_confirm"),
    path("portal/status/<str:token>", guests.status, name="guest_status"),
    path("portal/survey/<str:token>", surveys.answer, name="survey_answer"),
    path("portal/rate/<str:token>", portal.rate_by_link, name="rate"),
    path("portal/<str:number>/sent", portal.sent, name="sent"),
    path("portal/<str:number>/rate", portal.rate_item, name="rate_item"),
    path("desk/new", calls.new, name="new"),
    path("desk/caller", calls.caller, name="caller"),
    path("desk/follow-ups", follow_ups.follow_ups, name="follow_ups"),
    path("desk/follow-ups/<int:pk>", follow_ups.complete, name="complete"),
    path("desk/follow-ups/owe/<int:pk>", follow_ups.owe_customer, name="owe_customer"),
    path("desk/replies/<str:number>", calls.canned, name="canned"),
    path("desk/catalogue/<int:pk>/design", catalogue.design_entry, name="entry_design"),
    path("desk/changes", changes.change_calendar, name="change_calendar"),
    path("desk/changes.ics", changes.change_ics, name="change_ics"),
    path("desk/major", majors.majors, name="majors"),
    path("desk/major/<str:number>", majors.major, name="major"),
    path("desk/major/<str:number>/update", majors.update_major, name="major_update"),
    path("desk/figures", figures.figures, name="figures"),
    path("desk/settings", department.desk_settings, name="settings"),
    path("desk/standards/publish", department.publish_standard, name="standard_publish"),
    *catalogue.EntryPages.urls(),
    *MacroPages.urls(),
    *ReplyPages.urls(),
    *CampaignPages.urls(),
    *follow_ups.FollowUpPages.urls(),
    *follow_ups.PlanPages.urls(),
    *changes.FreezePages.urls(),
]
