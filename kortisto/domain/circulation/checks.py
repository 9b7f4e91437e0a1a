"""What ``kortisto check`` looks at in lending."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.domain.circulation.models import Loan


@check("open-loans", gettext_lazy("An item is with one patron at a time."))
def open_loans_are_single() -> Iterator[Finding]:
    doubled = (
        Loan.objects.filter(returned_at=None)
        .values("item_id")
        .annotate(loans=Count("id"))
        .filter(loans__gt=1)
        .order_by("item_id")[:20]
    )
    for row in doubled:
        yield Finding(
            _("Item {item} has {loans} open loans.").format(
                item=row["item_id"], loans=row["loans"]
            ),
            _("Check the item in; restore the constraints with kortisto migrate."),
        )


@check("forgotten-loans", gettext_lazy("An open loan knows its patron."))
def open_loans_know_their_patron() -> Iterator[Finding]:
    lost = Loan.objects.filter(returned_at=None, patron=None).count()
    if lost:
        yield Finding(
            _("{count} open loans do not know their patron.").format(count=lost),
            _("Find the patrons in the audit log, then check the items in."),
        )
