"""Somebody of whom there is a row of every kind, for tests/test_frozen_patrons.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.tokens import digest
from kortisto.domain.entry.actions.bans import NewBan, ban
from kortisto.domain.entry.models import EntryAttempt, GuardianPermission
from kortisto.domain.patrons.actions.change_requests import request_changes
from kortisto.domain.patrons.actions.family import add_guardian
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.actions.merge import merge
from kortisto.domain.patrons.actions.notes import withdraw_note, write_note
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import (
    Card,
    Guardianship,
    MessageChoice,
    Patron,
    PatronNote,
    PinLink,
    RequestedChange,
    Restriction,
    Source,
)
from kortisto.domain.patrons.new_patron import NewGuardian
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_category,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.identity_codes import new_code

NOW: Final = MONDAY_NOON
TODAY: Final = NOW.date()
TEN_YEARS: Final = NOW + relativedelta(years=10)
STAFF: Final = PatronNote.Audience.STAFF
TOKEN: Final = digest("token")
PIN: Final = "8264"


@dataclass(frozen=True, slots=True)
class Stage:
    """Ids of what actions are tried on."""

    patron: int
    other: int  # an ordinary patron, of whom there is little
    newcomer: int  # provisional: nobody has fetched the card
    link: int  # to another patron, with a last day in a week
    going_on: int  # a link to somebody without a card, until further notice
    note: int
    restriction: int  # of an ordinary type
    asked: int  # a requested change that waits
    ban: int
    by: Actor

    @property
    def own(self) -> Actor:
        return themself(Patron.objects.get(pk=self.patron))

    def freeze(self) -> None:
        """Everybody, so that no job has anything else to do."""
        for one in Patron.objects.order_by("pk").values_list("pk", flat=True):
            restrict(one, "Contests a bill", kind=FROZEN, by=self.by, now=NOW)

    def lift(self) -> None:
        for row in Restriction.objects.filter(type__code=FROZEN).order_by("pk"):
            lift(row.pk, by=self.by, now=NOW)


def set_up() -> Stage:
    """Everything, while nobody's processing is restricted yet."""
    library, by = make_library(), chief()
    make_category("PERHE", may_have_guardian=True)
    make_category("HAKEMUS", kind="provisional")
    patron = make_patron(category="PERHE", email="aino@posti.example")
    MessageChoice.objects.create(patron=patron, kind="due", transport="email")
    merge(patron.pk, make_patron(category="PERHE").pk, by=by, now=NOW)
    link, going_on = _guardians(patron, by)
    request_changes(patron.pk, {"street": "Uusi 2"}, by=themself(patron), now=NOW)
    withdrawn = write_note(patron.pk, "Vanha", audience=STAFF, by=by, now=NOW)
    withdraw_note(withdrawn.pk, by=by, now=NOW)
    PinLink.objects.create(
        patron=patron, digest=TOKEN, made_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    GuardianPermission.objects.create(
        child=patron, answer="no", given_by=by.label, given_at=NOW, channel="web"
    )
    EntryAttempt.objects.create(
        key="k", at=NOW, library=library, device="Ovi", patron=patron, code="granted"
    )
    give_identity(patron.pk, new_code(), by=by, now=NOW)
    return Stage(
        patron=patron.pk,
        other=make_patron(email="eero@posti.example").pk,
        newcomer=_newcomer().pk,
        link=link.pk,
        going_on=going_on.pk,
        note=write_note(patron.pk, "Hei", audience=STAFF, by=by, now=NOW).pk,
        restriction=restrict(patron.pk, "", kind="invoice", by=by, now=NOW).pk,
        asked=RequestedChange.objects.get().pk,
        ban=ban(patron.pk, a_ban(), by=by, now=NOW).pk,
        by=by,
    )


@contextmanager
def stopped() -> Iterator[None]:
    """Whatever is tried is refused, and for nothing but the restriction."""
    with pytest.raises(Refused) as refused:
        yield
    codes = [str(one.reason.value) for one in refused.value.refusals]
    assert codes == ["processing-restricted"]


def a_ban() -> NewBan:
    return NewBan(
        starts_on=TODAY, ends_on=TODAY, reason="Noise", hearing="Heard by phone"
    )


def everything_kept() -> dict[str, list[dict[str, Any]]]:
    """Every row of the register and of open libraries, and all that was told.

    But for tasks: a person may be asked to see to what has to wait.
    """
    events = LoggedEvent.objects.exclude(kind__startswith="Errand").order_by("pk")
    told = [dict(one) for one in events.values("id", "kind")]
    return {
        "told": told,
        **{
            model.__name__: list(QuerySet(model).order_by("pk").values())
            for app in ("patrons", "entry")
            for model in apps.get_app_config(app).get_models()
        },
    }


def _guardians(patron: Patron, by: Actor) -> tuple[Guardianship, Guardianship]:
    in_a_week = TODAY + timedelta(days=7)
    adult = NewGuardian(patron_id=make_patron().pk, ends_on=in_a_week, sees_loans=True)
    kept = NewGuardian(name="Setä")
    return (
        add_guardian(patron.pk, adult, by=by, now=NOW),
        add_guardian(patron.pk, kept, by=by, now=NOW),
    )


def _newcomer() -> Patron:
    made = make_patron(
        category="HAKEMUS", source=Source.ONLINE, registered_on=date(2027, 2, 1)
    )
    Card.objects.filter(patron=made).delete()
    return made
