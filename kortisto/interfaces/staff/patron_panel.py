"""What the desk sees of the patron who is being served. A fixed number of questions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.ages import completed_years
from kortisto.domain.circulation.claim_settings import WARN_FROM
from kortisto.domain.circulation.queries import loan_counts
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import Balance, balance
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron, PatronNote, Restriction
from kortisto.domain.patrons.queries import own_charges_that_bar
from kortisto.domain.patrons.records import (
    PatronRecord,
    notes_for,
    notes_of,
    restrictions_in_force,
)
from kortisto.interfaces.staff.patron_facts import to_check


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingHere:
    """A copy on the hold shelf here; the copies of one title for a group are one."""

    title: str
    barcode: str  # empty: of several copies
    until: date | None
    places: tuple[str, ...]  # of the shelf
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronPanel:
    """Identity, warnings and sums of one patron. ``money`` None: may not be seen."""

    patron: Patron
    age: int | None
    expired: bool
    restrictions: tuple[Restriction, ...]
    staff_notes: tuple[PatronNote, ...]
    public_notes: tuple[PatronNote, ...]
    loans: int
    overdue: int
    claimed: int  # open loans that are said not to be with the patron
    claims: int  # how often the patron has said so
    many_claims: bool
    waiting_here: tuple[WaitingHere, ...]
    waiting_elsewhere: int
    money: Balance | None
    ban_cents: int | None

    @property
    def at_home(self) -> int:
        """Open loans without those that are said not to be with the patron."""
        return self.loans - self.claimed

    @property
    def barred(self) -> bool:
        """Whether public-law charges are over the limit (FEE-4)."""
        if self.money is None or self.ban_cents is None:
            return False
        return self.money.public_cents > self.ban_cents

    @property
    def to_check(self) -> Sequence[str]:
        """What to ask the patron, in sentences."""
        return to_check(self.patron)

    @property
    def alerts(self) -> int:
        patron = self.patron
        dead = patron.died_on is not None
        flags = sum(
            (patron.card_lost, dead, self.expired, self.barred, self.many_claims)
        )
        return flags + len(self.to_check) + len(self.restrictions)


def panel_of(patron_id: int, *, by: Actor, now: datetime, page: str) -> PatronPanel:
    """Look at a patron; it is logged. Raises DoesNotExist, NotPermitted."""
    patron = view_patron(patron_id, by=by, now=now, page=page)
    today = localdate(now)
    notes = notes_of(patron_id)
    return _panel(
        patron,
        notes_for(notes, PatronNote.Audience.STAFF),
        notes_for(notes, PatronNote.Audience.PUBLIC),
        tuple(restrictions_in_force(patron_id, today)),
        by=by,
        now=now,
    )


def panel_from(record: PatronRecord, *, by: Actor, now: datetime) -> PatronPanel:
    """The same of a record that has been looked at already."""
    return _panel(
        record.patron,
        record.staff_notes,
        record.public_notes,
        record.restrictions,
        by=by,
        now=now,
    )


def _panel(
    patron: Patron,
    staff_notes: tuple[PatronNote, ...],
    public_notes: tuple[PatronNote, ...],
    restrictions: tuple[Restriction, ...],
    *,
    by: Actor,
    now: datetime,
) -> PatronPanel:
    today = localdate(now)
    counts = loan_counts(patron.pk, now=now)
    holds = Hold.objects.filter(patron=patron, state=Hold.State.WAITING)
    waiting = tuple(
        holds.select_related("record", "item", "shelf_place").order_by(
            "pickup_until", "pk"
        )
    )
    here = tuple(hold for hold in waiting if hold.pickup_library_id == by.library_id)
    may_see_money = by.may(FeePermission.SEE)
    warn_from = organisation().setting(WARN_FROM, by.library_id).value
    ban = own_charges_that_bar(patron.category, by.library_id)
    return PatronPanel(
        patron=patron,
        age=None if patron.born_on is None else completed_years(patron.born_on, today),
        expired=patron.expires_on < today,
        restrictions=restrictions,
        staff_notes=staff_notes,
        public_notes=public_notes,
        loans=counts["loans"],
        overdue=counts["overdue"],
        claimed=counts["claimed"],
        claims=counts["claims"],
        many_claims=counts["claims"] >= warn_from,
        waiting_here=_lines(here),
        waiting_elsewhere=len(waiting) - len(here),
        money=balance(patron.pk) if may_see_money else None,
        ban_cents=ban if may_see_money else None,
    )


def _lines(holds: tuple[Hold, ...]) -> tuple[WaitingHere, ...]:
    together: dict[tuple[int, int], list[Hold]] = defaultdict(list)
    for hold in holds:
        group = hold.bundle_id if hold.part == OF_A_GROUP else None
        key = (-hold.pk, 0) if group is None else (group, hold.record_id)
        together[key].append(hold)
    return tuple(_line(copies) for copies in together.values())


def _line(copies: list[Hold]) -> WaitingHere:
    """Copies of one title, the one whose last day comes first before the others."""
    first = copies[0]
    alone = len(copies) == 1 and first.item is not None
    places = dict.fromkeys(each.stands_in.name for each in copies if each.stands_in)
    return WaitingHere(
        title=first.record.title,
        barcode=first.item.barcode if alone and first.item is not None else "",
        until=first.pickup_until,
        places=tuple(places),
        copies=len(copies),
    )
