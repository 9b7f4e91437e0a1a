"""What ``kortisto check`` looks at in lending."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.domain.circulation.models import Claim, Loan


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


@check("claims", gettext_lazy("A loan that is looked for has one open claim."))
def looked_for_loans_have_a_claim() -> Iterator[Finding]:
    looked_for = Loan.objects.filter(returned_at=None, claimed_at__isnull=False)
    open_claims = Claim.objects.filter(resolved_at=None)
    unsaid = looked_for.filter(~Exists(open_claims.filter(loan=OuterRef("pk")))).count()
    over = open_claims.exclude(loan__in=looked_for).count()
    if unsaid or over:
        yield Finding(
            _(
                "{loans} loans are looked for and nobody said why; {claims} claims are "
                "of loans that are not looked for."
            ).format(loans=unsaid, claims=over),
            _("Check the items in, or take the claims back on the pages of the loans."),
        )
