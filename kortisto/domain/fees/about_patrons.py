"""What a patron's account holds on a patron; ``patrons.personal_data`` says how.

The law keeps accounts for six years: after an erasure they stay under a number, and
tell neither who it was nor what had been borrowed.
"""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.patrons.personal_data import About, Erasing, declare

declare(
    About(
        model=Charge,
        owner="patron",
        title=_("Charges"),
        words={
            "type": _("Charge"),
            "library": _("Library"),
            "municipality": _("Municipality"),
            "loan_id": _("Number of the loan"),
            "loan_period": _("Renewal of the loan"),
            "item_id": _("Number of the item"),
            "title": _("Title"),
            "note": _("Note"),
            "trace": _("Why this much"),
            "made_by": _("Made by"),
            "made_at": _("Made at"),
            "frozen_at": _("Grew until"),
        },
        columns=("type", "title", "library", "made_at"),
        erasing=Erasing.KEEP,
        wiped={"loan_id": None, "item_id": None, "title": "", "note": "", "trace": {}},
    ),
    About(
        model=Posting,
        owner="patron",
        title=_("What charges and payments did to your account"),
        words={
            "entry": _("What happened"),
            "account": _("Ledger account"),
            "cents": _("Sum"),
            "charge": _("Charge"),
            "law": _("Law"),
            "municipality": _("Municipality"),
        },
        columns=("entry", "charge", "cents", "municipality"),
        money=frozenset({"cents"}),
        erasing=Erasing.KEEP,
    ),
    About(
        model=JournalEntry,
        owner="postings__patron",
        title=_("Charges, payments and refunds as they happened"),
        words={
            "kind": _("Kind"),
            "key": _("Reference"),
            "actor": _("By"),
            "library": _("Library"),
            "reverses": _("Takes back"),
            "note": _("Note"),
            "happened_at": _("When"),
            "written_at": _("Written at"),
        },
        columns=("happened_at", "kind", "library", "note"),
        erasing=Erasing.KEEP,
        wiped={"note": ""},
    ),
)
