"""Addresses of the ground floor."""

from django.urls import path

from hengwei.core import health
from hengwei.core.files.pages import read_file, read_thumbnail, upload

app_name = "core"
urlpatterns = [
    path("files", upload, name="upload"),
    path("files/<uuid:pk>/<str:name>", read_file, name="file"),
    path("thumbnails/<uuid:pk>", read_thumbnail, name="thumbnail"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
