"""Close libraries in tests, as the wizard and its worker do."""

from datetime import date, datetime
from typing import Any

from kortisto.core.models import Job
from kortisto.domain.closures.actions.asking import job_key, set_closure
from kortisto.domain.closures.actions.premises import plan_premises
from kortisto.domain.closures.models import Shift
from kortisto.domain.org.actions.closures import OtherPlace, Plan, plan_closure
from kortisto.domain.org.models import Closure, Unit
from kortisto.testing.builders import chief
from kortisto.testing.jobs import work


def make_closure(
    *libraries: Unit,
    starts_on: date,
    ends_on: date,
    now: datetime,
    pickup: Unit | None = None,
    text: str = "Remontti",
) -> Closure:
    """A plan: nothing is closed yet."""
    plan = Plan(
        library_ids=tuple(library.pk for library in libraries),
        starts_on=starts_on,
        ends_on=ends_on,
        texts={"fi": text, "sv": "", "en": ""},
        pickup_id=None if pickup is None else pickup.pk,
    )
    return plan_closure(plan, by=chief(), now=now)


def make_premises(
    library: Unit, *, starts_on: date, ends_on: date, now: datetime, **place: Any
) -> Closure:
    """A plan to work at Väistökatu 3 for a time; nothing changes yet."""
    told = {"street": "Väistökatu 3", "postal_code": "50100", "city": "Mikkeli"}
    plan = Plan(
        library_ids=(library.pk,),
        starts_on=starts_on,
        ends_on=ends_on,
        texts={"fi": "Peruskorjaus", "sv": "", "en": ""},
        premises=OtherPlace(**{**told, **place}),
    )
    return plan_premises(plan, by=chief(), now=now)


def last_until(closure: Closure, ends_on: date | None, *, now: datetime) -> Shift:
    """Put the closure in force until a day, or take it back, and do all the work."""
    return carried_out(set_closure(closure.pk, ends_on, by=chief(), now=now), now=now)


def carried_out(shift: Shift, *, now: datetime) -> Shift:
    """The shift, when its job has been done; every other job that is due goes too."""
    unfinished = Job.objects.filter(unique_key=job_key(shift.pk), state="waiting")
    while unfinished.exists():
        work(now)
    shift.refresh_from_db()
    return shift
