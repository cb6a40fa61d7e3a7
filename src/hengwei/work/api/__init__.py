"""Work items over REST: the same actions as the pages, typed in and out."""

from ninja import Router

from . import agreements, approvals, conversation, items, progress

router = Router(tags=["items"])
router.add_router("", approvals.router)
router.add_router("", items.router)
router.add_router("", conversation.router)
router.add_router("", progress.router)
router.add_router("", agreements.router)
