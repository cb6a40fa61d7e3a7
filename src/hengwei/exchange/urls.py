from django.urls import path

from . import pages

app_name = "exchange"
urlpatterns = [
    path("imports/new", pages.new, name="new"),
    path("imports/pattern/<slug:target>.<slug:form>", pages.pattern, name="pattern"),
    path("imports/<int:pk>/columns", pages.mapping, name="mapping"),
    path("imports/<int:pk>/refused.<slug:form>", pages.refused, name="refused"),
    path("imports/<int:pk>/<slug:what>", pages.act, name="act"),
    *pages.ImportPages.urls(),
]
