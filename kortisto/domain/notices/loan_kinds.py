"""The messages about loans, each with the text that it ships with."""

from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.domain.circulation.models import Loan
from kortisto.domain.notices.kinds import (
    LIBRARY,
    NAME,
    NoticeKind,
    Occasion,
    declare,
)
from kortisto.domain.notices.variables import Type, Values, Variable

TITLE: Final = Variable(name="title", title=_("The title"), type=Type.TEXT)
DAY: Final = Variable(
    name="day", title=_("The new due date"), type=Type.DAY, required=True
)
ADDRESS: Final = Variable(
    name="address",
    title=_("The page of the patron's own loans"),
    type=Type.ADDRESS,
    path="/account/",
)


def _recalled(occasion: Occasion) -> Values | None:
    """Nothing when it is back already, or nobody needs it any more."""
    mine = Loan.objects.filter(patron=occasion.patron, returned_at=None)
    loan = mine.filter(pk=occasion.facts["loan_id"]).first()
    if loan is None or loan.recalled_at is None:
        return None
    return {"title": loan.title, "day": localdate(loan.due_at)}


RECALLED: Final = declare(
    NoticeKind(
        code="recalled",
        title=_("A loan was recalled"),
        when=_("At once, when staff recall a loan that somebody else needs."),
        subject=_("Please bring your loan by {day}"),
        text=_(
            "Hello,\n\n"
            "somebody else needs what you have borrowed:\n\n"
            "{title}\n\n"
            "Please bring it back by {day}, which is sooner than it was due. It cannot "
            "be renewed.\n\n"
            "All your loans: {address}\n\n"
            "{library}"
        ),
        variables=(NAME, LIBRARY, TITLE, DAY, ADDRESS),
        find=_recalled,
        names_titles=True,
    )
)
