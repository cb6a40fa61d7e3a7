"""Every address of the product, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from hengwei.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hengwei.core.urls")),
    path("api/v1/", api.urls),
]
