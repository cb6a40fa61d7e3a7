"""Pictures in a timeline are small; the whole one is a click away."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.test import Client
from PIL import Image

from hengwei.core.files.store import store
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def picture(width: int, height: int, kind: str = "JPEG", **how) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(made, kind, **how)
    return made.getvalue()


@pytest.fixture
def reader(department):
    return UserFactory(role="requester")


def asked(user, file):
    client = Client()
    client.force_login(user)
    return client.get(file.thumbnail_url)


def shown(answer) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_photograph_becomes_a_small_picture_turned_as_the_camera_was_held(reader):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    file = store(picture(2400, 1200, exif=exif), "现场.jpg", user=reader)
    for _once_made_once_kept in range(2):
        answer = asked(reader, file)
        small = shown(answer)
        assert answer["Content-Type"] == "image/webp"
        assert (small.width, small.height) == (180, 360)


def test_others_get_neither_the_picture_nor_its_thumbnail(reader):
    file = store(picture(900, 600), "a.jpg", user=reader)
    assert asked(UserFactory(role="requester"), file).status_code == 404


def test_what_is_small_already_is_shown_itself(reader):
    file = store(picture(40, 40), "a.jpg", user=reader)
    assert asked(reader, file)["Location"] == file.get_absolute_url()


def test_what_browsers_do_not_show_is_made_into_something_they_do(reader):
    file = store(picture(40, 40, "TIFF"), "scan.tiff", user=reader)
    assert shown(asked(reader, file)).format == "WEBP"


def bomb() -> bytes:
    """A PNG that says it has 3.6 milliards of dots."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", b"\0" * 40000)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0" + b"x" * 40_000, bomb()], ids=["no picture", "bomb"])
def test_what_cannot_be_made_small_leads_to_the_file(reader, content):
    file = store(content, "a.jpg", user=reader)
    assert asked(reader, file)["Location"] == file.get_absolute_url()
