"""Every address of the product, room by room."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from hengwei.site import audit, history, live, openapi, operation, pages
from hengwei.site.api import api

#: The rooms below; the site's own pages come first, since `/` is theirs.
_ROOMS = [room for room in settings.ROOMS if room != "hengwei.site" and find_spec(f"{room}.urls") is not None]

_own = [
    path("", pages.home, name="home"),
    path("live", live.stream, name="live"),
    path("palette", pages.palette, name="palette"),
    path("search", pages.search, name="search"),
    path("counts", pages.counts, name="counts"),
    path("settings", pages.settings_page, name="settings"),
    path("language", pages.choose_language, name="language"),
    path("history/<str:model>/<str:pk>", history.page, name="history"),
    path("audit/verify", audit.verify, name="audit_verify"),
    path("audit/chain", audit.download, name="audit_download"),
    *audit.AuditPages.urls(),
    path("timers", operation.timers, name="timers"),
    path("tasks/count", operation.tasks_count, name="tasks_count"),
    *operation.TaskPages.urls(),
    path("theme", pages.choose_theme, name="theme"),
]
# Programs ask most: their address is tried before the many of the pages.
urlpatterns: list[URLPattern | URLResolver] = [
    # Before the library's own, which would speak the language of whoever asked for it first.
    path("api/v1/openapi.json", openapi.description),
    path("api/v1/", api.urls),
    path("", include((_own, "site"))),
    path("account/", include("allauth.urls")),
    *(path("", include(f"{room}.urls")) for room in _ROOMS),
]
