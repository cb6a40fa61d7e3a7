"""Every change of a record that people keep: who, when, by which way, from what to what.

    @history.tracked(leave_out=["last_login"], m2m=["roles"], audited=True)
    class User(...): ...

    history.of(user)                      # its revisions, the newest first, those of its memberships too
    history.as_of([user], moment)         # what its fields held then

PostgreSQL's triggers write it, so that a change is caught whoever made it, also one made in psql.
"""

from .reading import as_of, erase, of
from .showing import Shown, shown
from .tracking import is_tracked, tracked
from .words import Teller, plainly, tells

__all__ = ["Shown", "Teller", "as_of", "erase", "is_tracked", "of", "plainly", "shown", "tells", "tracked"]
