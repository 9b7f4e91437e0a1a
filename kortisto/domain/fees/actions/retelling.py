"""Let charges say the titles that the catalogue has now."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Substr

from kortisto.domain.catalogue.models import Item
from kortisto.domain.fees.models import Charge


def tell_charged_titles_again() -> None:
    """Of every charge that leads to an item; the others keep what they say.

    For actions that have checked who may.
    """
    longest = Charge._meta.get_field("title").max_length  # noqa: SLF001
    titles = Item.objects.filter(pk=OuterRef("item_id")).values(
        short=Substr("record__title", 1, longest)
    )
    Charge.objects.exclude(item_id=None).update(
        title=Coalesce(Subquery(titles), "title")
    )
