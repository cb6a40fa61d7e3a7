"""Work items over REST: the same actions as the pages, typed in and out."""

from ninja import Router

from hengwei.work.pages.approval_plans import ApprovalPlanPages
from hengwei.work.pages.settings import CategoryPages, ChecklistPages, RulePages, ToolPages

from . import agreements, approvals, collaboration, conversation, items, progress

router = Router(tags=["items"])
router.add_router("", approvals.router)
router.add_router("", collaboration.router)
router.add_router("", items.router)
router.add_router("", conversation.router)
router.add_router("", progress.router)
router.add_router("", agreements.router)
for pages in (ApprovalPlanPages, CategoryPages, RulePages, ChecklistPages, ToolPages):
    router.add_router("", pages.router())
