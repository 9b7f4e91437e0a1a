"""Gather what a decision looks at of people: as many statements for one as for many."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Max, Sum

from kortisto.domain.entry.models import Ban, GuardianPermission, TermsAcceptance
from kortisto.domain.entry.rules import BanFacts, Period, PersonFacts
from kortisto.domain.fees.models import Posting
from kortisto.domain.patrons.category_kinds import ACCOUNTS, PRIVATE_PEOPLE
from kortisto.domain.patrons.models import Patron, Restriction


def facts_of(patron_ids: Collection[int]) -> dict[int, PersonFacts]:
    """The facts of each patron who is there; who is in the bin is not."""
    terms = dict(
        TermsAcceptance.objects.filter(patron_id__in=patron_ids)
        .values_list("patron_id")
        .annotate(newest=Max("version"))
    )
    owed = dict(
        Posting.objects.filter(patron_id__in=patron_ids, law="public")
        .values_list("patron_id")
        .annotate(cents=Sum("cents"))
    )
    words = words_of_guardians(patron_ids)
    bans, restrictions = _bans(patron_ids), _restrictions(patron_ids)
    patrons = Patron.objects.filter(pk__in=patron_ids, binned_at=None)
    return {
        row.pk: PersonFacts(
            patron_id=row.pk,
            category=row.category.code,
            is_account=row.category.kind in ACCOUNTS,
            has_age=row.category.kind in PRIVATE_PEOPLE,
            expires_on=row.expires_on,
            born_on=row.born_on,
            card_lost=row.card_lost,
            died=row.died_on is not None,
            terms=terms.get(row.pk, 0),
            permission=words.get(row.pk, ""),
            bans=tuple(bans[row.pk]),
            restrictions=tuple(restrictions[row.pk]),
            owed_public_cents=owed.get(row.pk, 0),
            language=row.language,
        )
        for row in patrons.select_related("category")
    }


def words_of_guardians(patron_ids: Collection[int]) -> dict[int, str]:
    """What has been said about each child: yes or no; the others are left out."""
    rows = GuardianPermission.objects.filter(child_id__in=patron_ids, ended_at=None)
    return dict(rows.values_list("child_id", "answer"))


def _bans(patron_ids: Collection[int]) -> dict[int, list[BanFacts]]:
    found: dict[int, list[BanFacts]] = defaultdict(list)
    rows = Ban.objects.filter(patron_id__in=patron_ids, lifted_at=None)
    for row in rows.prefetch_related("libraries").order_by("pk"):
        here = sorted(library.pk for library in row.libraries.all())
        found[row.patron_id].append(
            BanFacts(
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                libraries=None if row.everywhere else tuple(here),
            )
        )
    return found


def _restrictions(patron_ids: Collection[int]) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = defaultdict(list)
    rows = Restriction.objects.filter(
        patron_id__in=patron_ids, lifted_at=None, type__shuts_doors=True
    )
    for row in rows.order_by("pk"):
        period = Period(starts_on=row.starts_on, ends_on=row.ends_on)
        found[row.patron_id].append(period)
    return found
