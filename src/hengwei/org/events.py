"""What happens to people and customers."""

from dataclasses import dataclass, field

from hengwei.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """A person was made, changed, activated or deactivated. `what` names the facts that changed."""

    person_id: int
    what: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    """Somebody's roles are others now."""

    person_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """What a role permits is something else now."""

    key: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonAway(Event):
    """A person will be away, or has left (`absence_id` None): `hand_over` asks that what he holds goes to the deputy now."""

    person_id: int
    deputy_id: int | None
    absence_id: int | None = None
    hand_over: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """One customer was a duplicate of another; its records now belong to that one."""

    source_id: int
    target_id: int


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """A person's data is gone from here; other rooms drop theirs in the same transaction. `addresses` are what his mail came from."""

    person_id: int
    addresses: tuple[str, ...] = field(default=(), repr=False)
