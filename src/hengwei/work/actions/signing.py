"""Signing an agreement: on the screen or on paper, by both sides, of exactly the same text (B2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.files import store
from hengwei.core.models import StoredFile
from hengwei.work import permissions as perms
from hengwei.work.models import AgreementVersion, Signature

from .agreements import took_effect
from .writing import moment

#: A drawn signature is a small picture.
MOST_BYTES, MOST_PIXELS = 400_000, 4000
#: Fewer dark pixels than this are a slip of the finger.
FEWEST_DARK = 40
_PREFIX = "data:image/png;base64,"


def fingerprint(version: AgreementVersion) -> str:
    """A hash over all that the agreement says: two signatures with the same one are of the same text."""
    targets = [
        [t.order, t.measure, t.conditions, t.amount, t.unit, t.same_time, t.calendar_id, sorted(t.pausing), t.escalation] for t in version.targets.order_by("order", "id")
    ]
    said = [
        version.agreement.name, version.agreement.kind, version.agreement.customer_id, version.agreement.team_id, version.agreement.vendor, version.number,
        version.content, version.responsibilities, version.request_process, version.fee, version.currency, version.fee_period,
        *(m.isoformat() if m else None for m in (version.effective_from, version.effective_to)), targets,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def drawn(picture: str) -> bytes:
    """The PNG of a signature drawn in the browser; Refused where there is none."""
    if not picture.startswith(_PREFIX):
        raise Refused(_("Please sign in the field."), code="missing", field="drawing")
    try:
        content = base64.b64decode(picture.removeprefix(_PREFIX), validate=True)
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        if len(content) > MOST_BYTES or max(image.size) > MOST_PIXELS:
            raise Refused(_("The picture of the signature is too large."), code="too_large", field="drawing")
        ink = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("L")
    except (binascii.Error, OSError, SyntaxError, ValueError):
        raise Refused(_("The signature cannot be read; please sign again."), code="invalid", field="drawing") from None
    if sum(ink.histogram()[:128]) < FEWEST_DARK:
        raise Refused(_("Please sign in the field."), code="missing", field="drawing")
    return content


@transaction.atomic
def sign(
    version: AgreementVersion, *, by: Actor, side: str, name: str, post: str = "", picture: str = "", paper: StoredFile | None = None,
    at: datetime | None = None,
) -> AgreementVersion:
    """Take one side's signature: a PNG drawn on the screen (`picture`, a data URL) or the signed `paper`.

    With the second one the agreement is signed, and in force from its day on: today, where none is named.
    """
    at = moment(at)
    by.require(perms.AGREEMENTS)
    version = AgreementVersion.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=version.pk)
    if side not in Signature.Side.values:
        raise Refused(_("Please say for which side this is."), code="invalid", field="side")
    if version.state != AgreementVersion.State.NEGOTIATING:
        raise Refused(_("Only what is in negotiation can be signed."), code="not_negotiating")
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please give the name of the person who signs."), code="missing", field="name")
    if version.signatures.filter(side=side, withdrawn_at=None).exists():
        raise Refused(_("This side has signed already."), code="signed", field="side")
    if paper is None:
        file, way = store(drawn(picture), f"signature-{side}.png", user=by.user), Signature.Way.DRAWN
    else:
        file, way = paper, Signature.Way.UPLOADED
    Signature.objects.create(
        version=version, side=side, way=way, name=name, post=post.strip(), file=file, fingerprint=fingerprint(version), taken_by=by.user,
        address=by.address, signed_at=at)
    if side == Signature.Side.US:
        version.signed_by, version.signed_at = by.user, at
    else:
        version.countersigned_by, version.countersigned_at = name, at
    if version.signed_at and version.countersigned_at:
        version.state = AgreementVersion.State.SIGNED
        version.effective_from = version.effective_from or at
        if version.effective_to and version.effective_to <= at:
            raise Refused(_("Its time has passed already; give it a later end first."), code="past", field="effective_to")
    version.save()
    if version.state == AgreementVersion.State.SIGNED:
        took_effect(version, by=by, now=at)
    return version


@transaction.atomic
def withdraw(version: AgreementVersion, *, by: Actor, at: datetime | None = None) -> AgreementVersion:
    """Back to draft, to change the text: what one side had signed counts no more, and stays on record."""
    at = moment(at)
    by.require(perms.AGREEMENTS)
    version = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    if not version.is_open:
        raise Refused(_("What is signed or ended does not change. Make a new version."), code="not_open")
    version.signatures.filter(withdrawn_at=None).update(withdrawn_at=at)
    version.state = AgreementVersion.State.DRAFT
    version.signed_by, version.signed_at, version.countersigned_by, version.countersigned_at = None, None, "", None
    version.save()
    return version
