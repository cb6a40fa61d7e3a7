"""What one may do with work items."""

from django.utils.translation import gettext_lazy as _

from hengwei.core.permissions import declare

STAFF = ("agent", "lead", "manager")

VIEW_ALL = declare("work.view_all", _("See every work item"), roles=(*STAFF, "auditor"))
CREATE_FOR_OTHERS = declare("work.create_for_others", _("Record requests on behalf of others"), roles=STAFF)
CLASSIFY = declare("work.classify", _("Classify and prioritise"), roles=STAFF)
ASSIGN = declare("work.assign", _("Assign and take over"), roles=STAFF)
ASSIGN_OTHERS = declare("work.assign_others", _("Assign work to others, also in bulk"), roles=("agent", "lead", "manager"))
WORK = declare("work.work", _("Work on items: reply, note, resolve"), roles=STAFF)
CLOSE = declare("work.close", _("Close and cancel"), roles=STAFF)
LINK = declare("work.link", _("Link, merge and split"), roles=STAFF)
LINK_ACROSS = declare("work.link_across", _("Merge items of different customers"), roles=("lead", "manager"))
EXPORT = declare("work.export", _("Export lists"), roles=(*STAFF, "auditor"))
CONFIGURE = declare("work.configure", _("Set categories, priorities, routing"), roles=("manager", "system_admin"))
AGREEMENTS = declare("work.agreements", _("Keep service-level agreements"), roles=("manager",))
VIEW_AGREEMENTS = declare("work.view_agreements", _("Read service-level agreements"), roles=(*STAFF, "auditor"))
VIEW_FIGURES = declare("work.view_figures", _("See figures and workload"), roles=("lead", "manager", "auditor"))
MANAGE_APPROVALS = declare("work.manage_approvals", _("Name approvers where one is missing, withdraw approvals"), roles=("lead", "manager", "system_admin"))
SHARE = declare("work.share", _("Share items with people outside the desk"), roles=STAFF)
