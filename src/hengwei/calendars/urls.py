"""Addresses of working calendars."""

from django.urls import path

from . import pages

app_name = "calendars"
urlpatterns = [
    path("calendars/<int:pk>/hours", pages.hours, name="hours"),
    path("calendars/<int:pk>/days", pages.days, name="days"),
    path("calendars/<int:pk>/official", pages.official, name="official"),
    path("calendars/<int:pk>/days.ics", pages.file, name="ics"),
    *pages.CalendarPages.urls(),
]
