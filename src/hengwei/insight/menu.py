"""Reports in the rail, and the cards of this room."""

from django.utils.translation import gettext_lazy as _

from hengwei.ui.menu import MenuEntry, ReportEntry, register, register_report, reports_for

from . import permissions as perms

register(MenuEntry("reports", _("Reports"), "chart-bar", "insight:reports", "", 60, shown=lambda user: bool(reports_for(user))))
register_report(ReportEntry("analysis", _("Problem analysis"), _("Volumes, flow, and what comes most: by category, system, cause, customer, team"), "chart-histogram", "insight:analysis", perms.VIEW, 10))
register_report(ReportEntry("recurring", _("Recurring faults"), _("The same fault again and again, found by its words"), "repeat", "insight:recurring", perms.VIEW, 20))
register_report(ReportEntry("support", _("Support reports"), _("Monthly and quarterly reports for product improvement, with decisions tracked to the end"), "report-analytics", "insight:reports_support", perms.VIEW, 30))
