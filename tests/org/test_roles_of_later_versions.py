"""What a later version declares reaches the roles of an existing installation once; what the company took away stays away."""

from __future__ import annotations

import pytest

from hengwei.org import seed
from hengwei.org.models import Role

pytestmark = pytest.mark.django_db


def test_a_new_permission_is_added_and_a_removed_one_stays_removed(department):
    role = Role.objects.get(key="agent")
    removed, new, *rest = role.permissions
    Role.objects.filter(pk=role.pk).update(permissions=rest, offered=[removed, *rest])
    seed.install()
    role.refresh_from_db()
    assert new in role.permissions
    assert removed not in role.permissions


def test_a_second_start_changes_nothing(department):
    before = list(Role.objects.order_by("id").values_list("key", "permissions", "offered"))
    seed.install()
    assert list(Role.objects.order_by("id").values_list("key", "permissions", "offered")) == before
