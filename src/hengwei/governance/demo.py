"""The sample company's regulations: the built-in ones adopted, in force, running, attested, acknowledged by most."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hengwei.core import jobs, live
from hengwei.core.acting import Actor
from hengwei.governance import packs
from hengwei.governance.actions import binding, correcting, freezing, life, packing, running
from hengwei.governance.models import Acknowledgement, Binding, Regulation
from hengwei.org.models import Team, User
from hengwei.work.actions.approvals import decide
from hengwei.work.models import ApprovalVote

STATEMENTS = ("抽查了十张工单的沟通记录，用语规范，答复耐心。", "查看了知识库的读者范围，内部文章未对外开放。", "核对了各份协议的条款，内容、时限、费用齐全。")


def load(rng: random.Random, now: datetime) -> None:
    """Three regulations in force for five weeks; one norm still waits for its attestation, two readers for their reading."""
    people = {user.username: user for user in User.objects.filter(username__in=("yangjing", "chenjie", "zhouchao", "hejuan"))}
    manager, lead, other = Actor(user=people["yangjing"], via="web"), people["chenjie"], people["zhouchao"]
    begun = now - timedelta(weeks=5)
    with jobs.not_now(), live.silent():
        for place, pack in enumerate(packs.every()):
            version = packing.adopt(pack.key, by=manager, body=Team.objects.get(key="it-support"), attester=lead, at=begun)
            life.submit(version, approvers=[lead, other], note="首次发布。", by=manager, at=begun + timedelta(hours=2))
            for hours, vote in enumerate(ApprovalVote.objects.filter(state="open", step__approval__item__kind="regulation_approval").order_by("pk"), 5):
                decide(vote, approve=True, comment="同意。", by=Actor(user=vote.user, via="web"), at=begun + timedelta(hours=hours))
            version.refresh_from_db()
            life.publish(version, by=manager, effective_from=begun + timedelta(days=1), at=begun + timedelta(days=1))
            for word in Binding.objects.filter(regulation=version.regulation, kind=Binding.Kind.ATTESTATION):
                if place != 2:
                    binding.attest(word, by=Actor(user=lead, via="web"), kept=True, statement=STATEMENTS[place % 3], at=now - timedelta(days=rng.randint(3, 20)))
        Regulation.objects.update(created_at=begun)
        readings = list(Acknowledgement.objects.order_by("pk"))
        for reading in readings[:-2]:
            reading.at = min(now, begun + timedelta(days=1, hours=rng.randint(2, 200)))
        Acknowledgement.objects.bulk_update(readings[:-2], ["at"])
        Binding.objects.filter(kind=Binding.Kind.CONTROL).update(grace_hours=0)
        running.run_all(now, hourly=False)
        correcting.follow_all(now)
        for regulation in Regulation.objects.all():
            freezing.freeze(regulation, by=manager, at=now, back=1)
        Binding.objects.filter(kind=Binding.Kind.CONTROL).update(grace_hours=24)
