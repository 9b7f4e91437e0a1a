"""Let loans and charges say the titles and barcodes that the catalogue has now."""

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.retelling import tell_charged_titles_again
from kortisto.domain.patrons.permissions import PatronPermission


@transaction.atomic
def tell_titles_again(*, by: Actor) -> None:
    """For a copy whose texts about people were emptied: a title alone is no secret."""
    by.require(PatronPermission.EDIT)
    longest = Loan._meta.get_field("title").max_length  # noqa: SLF001
    records = Record.objects.filter(pk=OuterRef("record_id"))
    items = Item.objects.filter(pk=OuterRef("item_id"))
    Loan.objects.update(
        title=Subquery(records.values(short=Substr("title", 1, longest))),
        barcode=Subquery(items.values("barcode")),
    )
    tell_charged_titles_again()
