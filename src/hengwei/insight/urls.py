from django.urls import path

from .pages import analysis, reports

app_name = "insight"
urlpatterns = [
    path("reports", analysis.index, name="reports"),
    path("reports/analysis", analysis.analysis, name="analysis"),
    path("reports/recurring", analysis.recurring, name="recurring"),
    path("reports/support/<int:pk>/write", reports.write, name="write"),
    path("reports/support/<int:pk>/document.<slug:form>", reports.document, name="document"),
    path("reports/decisions/<int:pk>", reports.finish, name="finish"),
    *reports.ReportPages.urls(),
]
