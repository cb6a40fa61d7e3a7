"""The desk's kinds of work."""

from django.utils.translation import gettext_lazy as _

from hengwei.desk import workflows
from hengwei.work.kinds import Kind, register

INCIDENT = register(Kind(
    "incident", "INC", _("incident"), "alert-triangle", "desk.Incident", workflows.STANDARD, for_requesters=True, order=10))
REQUEST = register(Kind(
    "request", "REQ", _("service request"), "help-circle", "desk.ServiceRequest", workflows.STANDARD, for_requesters=True, order=20))
COMPLAINT = register(Kind(
    "complaint", "CMP", _("complaint"), "mood-sad", "desk.Complaint", workflows.COMPLAINT, for_requesters=True, order=30))
SUGGESTION = register(Kind(
    "suggestion", "SUG", _("suggestion"), "bulb", "desk.Suggestion", workflows.STANDARD, for_requesters=True, order=40))
PROBLEM = register(Kind("problem", "PRB", _("problem"), "bug", "desk.Problem", workflows.PROBLEM, order=50))
CHANGE = register(Kind("change", "CHG", _("change"), "git-branch", "desk.Change", workflows.CHANGE, order=60))
