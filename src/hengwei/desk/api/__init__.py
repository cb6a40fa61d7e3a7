"""The desk over REST: what its pages do, by the same actions. Lists, records and deeds of kept records come from their pages."""

from ninja import Router

from hengwei.desk.pages.campaigns import CampaignPages
from hengwei.desk.pages.catalogue import EntryPages
from hengwei.desk.pages.changes import FreezePages
from hengwei.desk.pages.follow_ups import FollowUpPages, PlanPages
from hengwei.desk.pages.words import MacroPages, ReplyPages

from . import department, designs, kinds, portal

router = Router()
for part in (portal, designs, kinds, department):
    router.add_router("", part.router)
for pages in (EntryPages, MacroPages, ReplyPages, CampaignPages, FollowUpPages, PlanPages, FreezePages):
    router.add_router("", pages.router())
