"""Addresses of the page kit itself."""

from django.urls import path

from hengwei.ui.kit.picking import pick

app_name = "ui"
urlpatterns = [path("pick/<str:key>", pick, name="pick")]
