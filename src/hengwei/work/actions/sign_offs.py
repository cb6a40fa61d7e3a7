"""Signatures on an item: drawn on the screen or uploaded, by a named person, kept as they were given."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.files import store
from hengwei.core.models import StoredFile
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.models import Entry, SignOff, WorkItem

from .writing import moment, writing

#: A drawing larger than this is no signature.
DRAWING_BYTES = 2 * 2**20
#: Sides of a picture of a signature, in pixels.
SIDES = (20, 6000)
_PREFIX = "data:image/png;base64,"


def drawn(data_url: str, *, by: Actor, signer: str) -> StoredFile:
    """The PNG that a page's drawing field sends, as a file."""
    if not data_url.startswith(_PREFIX) or len(data_url) > DRAWING_BYTES:
        raise Refused(_("Please sign in the field."), code="missing", field="drawing")
    try:
        content = base64.b64decode(data_url.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise Refused(_("Please sign in the field."), code="invalid", field="drawing") from None
    return store(content, f"{signer or 'signature'}.png", user=by.user)


def _check_picture(file: StoredFile) -> None:
    from django.core.files.storage import default_storage

    try:
        with default_storage.open(file.path) as raw:
            picture = Image.open(io.BytesIO(raw.read()))
            picture.verify()
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused(_("This is no picture of a signature."), code="no_picture", field="picture") from None
    if not (SIDES[0] <= min(width, height) and max(width, height) <= SIDES[1]):
        raise Refused(_("This is no picture of a signature."), code="no_picture", field="picture")


@transaction.atomic
def sign(
    item: WorkItem, *, by: Actor, statement: str, signer: str, picture: StoredFile, way: str, signer_user: User | None = None,
    capacity: str = "", at: datetime | None = None,
) -> SignOff:
    """Keep a signature: by the requester for himself, or recorded by staff for whoever signs in their presence."""
    at = moment(at)
    item = item.locked()
    own = by.user is not None and by.user == signer_user and item.visible_to(by.user)
    if not by.may(perms.WORK) and not own:
        raise Forbidden(_("You do not have the right to do this."))
    statement, signer = " ".join(statement.split()), " ".join(signer.split())
    if not statement:
        raise Refused(_("Please say what is signed."), code="missing", field="statement")
    if not signer:
        raise Refused(_("Please give the name of who signs."), code="missing", field="signer")
    if way not in SignOff.Way.values:
        raise Refused(_("Please sign in the field."), code="invalid", field="way")
    _check_picture(picture)
    made = SignOff.objects.create(
        item=item, statement=statement[:300], signer=signer[:120], signer_user=signer_user, capacity=capacity.strip()[:120], way=way,
        picture=picture, sha256=picture.sha256, item_version=item.version, address=by.address[:64], recorded_by=by.user, signed_at=at,
    )
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.SIGNATURE, public=True, details={"signer": made.signer, "statement": made.statement, "sign_off": made.pk})
    return made
