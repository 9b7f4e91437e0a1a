"""What lending holds on a patron; ``patrons.personal_data`` says how it is used."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.patrons.personal_data import About, Erasing, declare

declare(
    About(
        model=Loan,
        owner="patron",
        title=_("Loans, also those that are remembered"),
        words={
            "title": _("Title"),
            "barcode": _("Barcode"),
            "item": _("Item"),
            "record": _("Record"),
            "category": _("Patron category"),
            "item_type": _("Item type"),
            "library": _("Library"),
            "rules_library": _("Whose rules"),
            "lent_at": _("Lent on"),
            "lent_by": _("Lent by"),
            "channel": _("Through"),
            "due_at": _("Due"),
            "renewals": _("Renewals"),
            "renewed_at": _("Renewed at"),
            "rule_version": _("Version of the rules"),
            "trace": _("Why due then"),
            "returned_at": _("Returned on"),
            "returned_by": _("Taken back by"),
            "returned_library": _("Returned to"),
            "ending": _("How it ended"),
            "claimed_at": _("Said not to be with the patron"),
            "recalled_at": _("Recalled on"),
        },
        columns=("title", "library", "lent_at", "due_at", "returned_at"),
        order=("-lent_at", "-pk"),
        erasing=Erasing.FORGET,
        wiped={"patron": None},
    )
)
declare(
    About(
        model=Claim,
        owner="patron",
        title=_("Loans that were said not to be with the patron"),
        words={
            "loan": _("Loan"),
            "kind": _("What was said"),
            "note": _("Note"),
            "library": _("Where it was looked for"),
            "claimed_at": _("Since"),
            "made_at": _("Noted on"),
            "made_by": _("Noted by"),
            "looks": _("Times looked for in vain"),
            "looked_at": _("Looked for on"),
            "resolution": _("How it was resolved"),
            "resolved_at": _("Resolved on"),
            "resolved_by": _("Resolved by"),
        },
        columns=("kind", "claimed_at", "resolution", "resolved_at"),
        order=("-made_at", "-pk"),
        erasing=Erasing.DELETE,
    )
)
