"""Make the identity vault and the patron register agree, whatever was interrupted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kortisto.core.actors import Actor
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.ports import IdentityVault, KeptKey
from kortisto.domain.patrons.vault import vault

PAGE: Final = 500
ALWAYS_DROPPED: Final = 50  # unused codes in one run, however few there are in all
MOST_DROPPED: Final = 0.01  # of all codes; more looks like the wrong database


@dataclass(slots=True)
class Reconciled:
    """``held_back``: unused codes that were kept, being too many to be believed."""

    confirmed: int = 0
    dropped: int = 0
    held_back: int = 0
    unknown: list[int] = field(default_factory=list)  # ids of patrons


def reconcile(
    *,
    by: Actor,
    now: datetime,
    only_pending: bool = False,
    however_many: bool = False,
) -> Reconciled:
    """Confirm pending keys that patrons use; drop the keys that nobody uses.

    A key that is reserved just now is dropped by nobody, so a registration under way
    keeps its own. Patrons whose key the vault does not know are listed, and nothing
    is done about them. Confirmed codes that nobody uses are kept, all of them, when
    they are over ``MOST_DROPPED``: a vault beside an empty or another register would
    be emptied otherwise. Raises AdapterError; may be run again at any time.
    """
    del now  # the vault's own clock decides what is reserved
    by.require(PatronPermission.REMOVE_IDENTITY)
    store = vault()
    done, unused, every = Reconciled(), [], 0
    for page in _pages(store, only_pending=only_pending):
        every += len(page)
        used = _used(page)
        to_confirm = [each.key for each in page if each.pending and each.key in used]
        if to_confirm:
            store.confirm(to_confirm)
            done.confirmed += len(to_confirm)
        nobodys = [each for each in page if each.key not in used]
        done.dropped += _drop(store, [e.key for e in nobodys if e.pending], by=by)
        unused += [each.key for each in nobodys if not each.pending]
    if however_many or len(unused) <= max(ALWAYS_DROPPED, MOST_DROPPED * every):
        done.dropped += _drop(store, unused, by=by)
    else:
        done.held_back = len(unused)
    if not only_pending:
        done.unknown = list(patrons_without_code(store))
    return done


def patrons_without_code(store: IdentityVault) -> Iterator[int]:
    """Ids of patrons with a key that the vault does not know."""
    after = 0
    having = Patron.objects.filter(identity_key__isnull=False).order_by("pk")
    while rows := dict(
        having.filter(pk__gt=after).values_list("pk", "identity_key")[:PAGE]
    ):
        keys = [key for key in rows.values() if key is not None]
        missing = store.unknown(keys)
        yield from (patron_id for patron_id, key in rows.items() if key in missing)
        after = max(rows)


def _pages(
    store: IdentityVault, *, only_pending: bool
) -> Iterator[tuple[KeptKey, ...]]:
    after = ""
    while page := store.page(after=after, only_pending=only_pending):
        yield page
        after = page[-1].key


def _used(page: tuple[KeptKey, ...]) -> frozenset[str | None]:
    keys = [each.key for each in page]
    users = Patron.objects.filter(identity_key__in=keys)
    return frozenset(users.values_list("identity_key", flat=True))


def _drop(store: IdentityVault, keys: list[str], *, by: Actor) -> int:
    """A page at a time, and each key looked at once more just before."""
    gone = 0
    for start in range(0, len(keys), PAGE):
        some = keys[start : start + PAGE]
        users = Patron.objects.filter(identity_key__in=some)
        used = frozenset(users.values_list("identity_key", flat=True))
        nobodys = [key for key in some if key not in used]
        gone += len(store.drop(nobodys, actor=by.label, reason="nobody uses it"))
    return gone
