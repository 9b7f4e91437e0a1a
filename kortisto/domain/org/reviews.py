"""Reviews of roles: which are due, and what of one is still to be seen to (PER-1).

Each municipality reviews the roles that are given in it; the consortium, those given
above every municipality.
"""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Max, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.core.models import Errand
from kortisto.domain.org.errands import REVIEW
from kortisto.domain.org.models import Grant
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import REVIEW_MONTHS


def grants_under_review(unit_id: int, *, today: date) -> QuerySet[Grant]:
    """Roles of people with an account, in force or coming, that a unit answers for."""
    tree = organisation()
    units = [
        place
        for place in tree.descendants(unit_id)
        if tree.municipality_of(place) == unit_id
    ]
    found = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        unit_id__in=units,
        staff__is_active=True,
    )
    return found.select_related("staff", "role").order_by(
        "staff__full_name", "staff_id", "unit__path", "pk"
    )


def open_review(unit_id: int) -> Errand | None:
    """The review that waits for a unit; None: everything was seen to."""
    return Errand.objects.filter(
        kind=REVIEW.code, subject_id=unit_id, state=Errand.State.OPEN
    ).first()


def seen_in(grant: Grant, review: Errand) -> bool:
    """Whether a role was confirmed, or given, since the review was asked for."""
    if grant.given_at >= review.made_at:
        return True
    began = localdate(review.made_at)
    return grant.confirmed_on is not None and grant.confirmed_on >= began


def reviews_due(today: date) -> list[int]:
    """Units that give roles and whose last review was asked for long enough ago."""
    tree = organisation()
    in_force = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), staff__is_active=True
    )
    places = in_force.values_list("unit_id", flat=True).distinct()
    units = {tree.municipality_of(place) for place in places}
    asked = dict(
        Errand.objects.filter(kind=REVIEW.code, subject_id__in=units)
        .values_list("subject_id")
        .annotate(Max("made_at"))
    )

    def due(unit_id: int) -> bool:
        if unit_id not in asked:
            return True
        months = tree.setting(REVIEW_MONTHS, unit_id).value
        next_one: date = localdate(asked[unit_id]) + relativedelta(months=months)
        return next_one <= today

    return sorted(unit_id for unit_id in units if due(unit_id))
