"""Closures, home delivery, and rules that are tried, for tests/walk_stage.py."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.simulating import try_rules
from kortisto.domain.closures.actions.asking import move_due_dates
from kortisto.domain.closures.actions.later import move_on_day
from kortisto.domain.closures.due_dates import DueDates
from kortisto.domain.delivery.actions.baskets import lend_baskets, pick
from kortisto.domain.delivery.actions.people import Wishes, serve_at_home
from kortisto.domain.delivery.actions.rounds import RoundPlan, save_round
from kortisto.domain.org.actions.calendars import Hours
from kortisto.domain.org.actions.closures import Plan, plan_closure
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import make_item, make_item_type, make_patron
from kortisto.testing.closures import carried_out, last_until, make_premises
from kortisto.testing.jobs import work_until_done


def closures(library: Unit, by: Actor) -> dict[str, Any]:
    """One with everything that can be done to it; due dates moved and not put back."""
    now = timezone.now()
    today = timezone.localdate(now)
    others = Unit.objects.filter(kind=Unit.Kind.LIBRARY).exclude(pk=library.pk)
    other = others.order_by("pk")[0]
    plan = Plan(
        library_ids=(library.pk,),
        starts_on=today + timedelta(days=10),
        ends_on=today + timedelta(days=45),
        texts={"fi": "Lattia uusitaan", "sv": "Golvet läggs om", "en": "A new floor"},
        pickup_id=other.pk,
    )
    closed = plan_closure(plan, by=by, now=now)
    last_until(closed, closed.ends_on, now=now)
    later = Plan(
        library_ids=(library.pk, other.pk),
        starts_on=today + timedelta(days=60),
        ends_on=today + timedelta(days=70),
        texts={"fi": "Muutto"},
    )
    planned = plan_closure(later, by=by, now=now)
    choice = DueDates(
        libraries=(other.pk,),
        due_from=today,
        due_to=today + timedelta(days=90),
        days=3,
    )
    moved = carried_out(move_due_dates(choice, by=by, now=now), now=now)
    elsewhere = Unit.objects.filter(kind=Unit.Kind.MUNICIPALITY)
    to = elsewhere.exclude(children=other.pk).order_by("pk")[0].pk
    waits = move_on_day(other.pk, to, today + timedelta(days=90), by=by, now=now)
    first = today + timedelta(days=80)
    days = {"starts_on": first, "ends_on": first + timedelta(days=300)}
    there = make_premises(other, van_note="Pihan puolella", now=now, **days)
    last_until(there, there.ends_on, now=now)
    weekend = tuple(Hours(day, time(10), time(16)) for day in (5, 6))
    premises = make_premises(library, hours=weekend, now=now, **days)
    return {
        **home_delivery(library, by),
        "premises_id": premises.pk,
        "elsewhere_id": there.pk,
        "later_id": waits.pk,
        "closure_id": closed.pk,
        "plan_id": planned.pk,
        "shift_id": moved.pk,
        "closing_id": closed.shifts.latest("pk").pk,
    }


def home_delivery(library: Unit, by: Actor) -> dict[str, Any]:
    """A round, and somebody on it with something in the basket and something lent."""
    now = timezone.now()
    day = timezone.localdate(now)
    plan = RoundPlan(
        library_id=library.pk, name="Keskusta", first_on=day, every_weeks=2
    )
    round_ = save_round(plan, by=by, now=now)
    wishes = Wishes(likes="Dekkareita", avoids="Sotakirjoja", items=3)
    patron = make_patron(home_library=library, hold_identifier="K-1")
    serve_at_home(patron.pk, round_.pk, wishes, by=by, now=now)
    kind = make_item_type("WALK-HOME")
    records = Record.objects.order_by("-pk")[:2]  # the whole stage is exported
    items = [
        make_item(record=record, library=library, item_type=kind) for record in records
    ]
    pick(patron.pk, items[0].barcode, for_on=day, by=by, now=now)
    lend_baskets(patron.pk, by=by, now=now)
    line = pick(patron.pk, items[1].barcode, for_on=day, by=by, now=now)
    return {
        "delivery_id": round_.pk,
        "at_home_id": patron.pk,
        "line_id": line.line_id,
    }


def tried(version: int, by: Actor) -> int:
    """The job that has tried a version of the rules on the loans of a year."""
    now = timezone.now()
    today = timezone.localdate(now)
    year_ago = today - timedelta(days=365)
    job = try_rules(version, first=year_ago, last=today, by=by, now=now)
    work_until_done(job)
    return job.pk
