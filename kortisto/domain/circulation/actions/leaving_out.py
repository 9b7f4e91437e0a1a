"""Leave titles and patrons out of a copy of the database, with what hangs on them.

Never for a library's own data: these leave no event, and nothing can be taken back.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.fees.actions.leaving_out import outlive
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission


@transaction.atomic
def leave_titles_out(record_ids: Sequence[int], *, by: Actor) -> None:
    """With their items, and all loans, holds and journeys of these, open or ended.

    Keys are read first: a question inside of an "or" would read a whole table.
    """
    by.require(PatronPermission.EDIT)
    every_item = Item.objects.filter(record_id__in=record_ids)
    items = list(every_item.values_list("pk", flat=True))
    own = Q(record_id__in=record_ids) | Q(item_id__in=items)
    loans = list(Loan.objects.filter(own).values_list("pk", flat=True))
    outlive(loans, items)
    Claim.objects.filter(loan_id__in=loans).delete()
    Loan.objects.filter(pk__in=loans).delete()
    Hold.objects.filter(own | Q(wanted_item_id__in=items)).delete()
    Transit.objects.filter(item_id__in=items).delete()
    every_item.delete()
    Record.objects.filter(pk__in=record_ids).delete()


@transaction.atomic
def leave_patrons_out(patron_ids: Sequence[int], *, by: Actor) -> None:
    """With their families' links, ended holds, cards and notes.

    Their ended loans stay as loans that have been forgotten. The database refuses when
    one of them has an open loan, or stands in the ledger.
    """
    by.require(PatronPermission.EDIT)
    Guardianship.objects.filter(
        Q(guardian_id__in=patron_ids) | Q(dependant_id__in=patron_ids)
    ).delete()
    Claim.objects.filter(patron_id__in=patron_ids).delete()
    Loan.objects.filter(patron_id__in=patron_ids).update(patron=None)
    Hold.objects.filter(patron_id__in=patron_ids).delete()
    Patron.objects.filter(pk__in=patron_ids).delete()
