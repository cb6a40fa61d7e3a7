"""Regulations over REST: the same actions as the pages."""

from ninja import Router

from hengwei.governance.pages.kept import RegulationPages

from . import evidence, life, proofs, texts

router = Router(tags=["regulations"])
for part in (proofs, texts, life, evidence):
    router.add_router("", part.router)
router.add_router("", RegulationPages.router())
