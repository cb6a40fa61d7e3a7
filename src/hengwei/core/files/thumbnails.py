"""Small pictures of large ones: a timeline with ten screenshots of a phone loads a few kilobytes, not forty megabytes."""

from __future__ import annotations

import io
import warnings

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from hengwei.core.models import StoredFile

#: Twice of what pages show, for screens with two dots a pixel.
BOX = (560, 360)
#: What browsers show as it is.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: What is hardly larger than its thumbnail would be is shown itself.
SMALL = 24 * 1024
#: A picture of more dots is a trap or a poster: neither is unpacked for a thumbnail.
MOST_PIXELS = 80_000_000


def thumbnail_path(file: StoredFile) -> str | None:
    """Where the small picture of a file lies in the storage, made when first asked for; None where the file is its own or is no picture."""
    if not file.is_picture or (file.content_type in SHOWN and file.size <= SMALL):
        return None
    path = f"thumbnails/{file.sha256[:2]}/{file.sha256}.webp"
    if not default_storage.exists(path):
        with default_storage.open(file.path) as opened:
            small = _shrink(opened.read())
        if small is None:
            return None
        default_storage.save(path, ContentFile(small))
    return path


def _shrink(content: bytes) -> bytes | None:
    """The picture within BOX as WebP, turned as its camera was held; None when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("RGB", BOX)  # a JPEG is unpacked no larger than needed
                turned = ImageOps.exif_transpose(picture)
                turned.thumbnail(BOX)
                made = io.BytesIO()
                turned.convert("RGBA" if "A" in turned.getbands() or "transparency" in turned.info else "RGB").save(made, "WEBP", quality=82)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return made.getvalue()
