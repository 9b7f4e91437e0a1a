"""Dates that are moved: what somebody asked for, and each thing that moves."""

from datetime import date
from typing import Final

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.circulation.models import Loan
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.models import Closure, Unit


class Shift(models.Model):
    """One time that dates are moved, from the asking until all is done.

    ``ends_on`` is the new last day of a closure, None when the closure is taken back;
    ``ended_on`` what it was before, None when it begins. ``choice`` says which loans
    get which day when somebody moves due dates without a closure, or which library is
    merged into which; with ``on`` it waits for that day, and can be withdrawn.
    """

    class Kind(models.TextChoices):
        CLOSURE = "closure", _("A closure begins, lasts longer or ends earlier")
        PICKUPS = "pickups", _("What changes with the first day and after the last")
        DUE_DATES = "due-dates", _("Due dates are moved")
        PUT_BACK = "put-back", _("What was moved is put back")
        MERGE = "merge", _("A library is merged into another")
        MOVE = "move", _("A unit moves below another")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a worker")
        PLANNED = "planned", _("Being carried out")
        DONE = "done", _("Done")
        WITHDRAWN = "withdrawn", _("Withdrawn before its day")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    closure = models.ForeignKey(
        Closure, null=True, blank=True, on_delete=models.PROTECT, related_name="shifts"
    )
    ends_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone"
    )
    choice = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        staff=(
            "kind closure ends_on ended_on undoes choice state "
            "asked_by asked_at done_at"
        )
    )

    class Meta:
        db_table = "shift"
        constraints = (
            UniqueConstraint(
                fields=["closure"],
                condition=~Q(state="done"),
                name="a_closure_changes_once_at_a_time",
            ),
            UniqueConstraint(fields=["undoes"], name="what_was_moved_is_put_back_once"),
        )

    @override
    def __str__(self) -> str:
        return f"shift {self.pk}: {self.kind}"

    @property
    def takes_effect_on(self) -> date | None:
        """The day for which it waits; None when it was asked for at once."""
        day = self.choice.get("on")
        return None if day is None else date.fromisoformat(day)

    @property
    def why(self) -> str:
        """As events keep it."""
        if self.closure_id is not None:
            return f"closure:{self.closure_id}"
        what = self.kind if self.undoes is None else self.undoes.kind
        return f"{what}:{self.undoes_id or self.pk}"


class Move(models.Model):
    """One thing that moves: a due date, a last pick-up day, a library.

    ``before`` and ``after`` are values as text: a moment, a day, the id of a library
    or the status of an item. ``origin`` is what it was before its closure touched it
    for the first time: what it goes back to. Written in one transaction with the
    plan, done once.
    """

    class What(models.TextChoices):
        DUE = "due", _("Due dates")
        LAST_DAY = "last-day", _("Last pick-up days")
        PICKUP = "pickup", _("Pick-up libraries")
        RULES = "rules", _("Loans that follow the rules of the library")
        ITEM_HOME = "item-home", _("Items by their home library")
        ITEM_AT = "item-at", _("Items by where they are")
        TRANSIT = "transit", _("Items on their way")
        PATRON = "patron", _("Patrons by their home library")
        LEFT = "left", _("Items that stay on shelves left behind")

    class State(models.TextChoices):
        PLANNED = "planned", _("Not yet")
        DONE = "done", _("Moved")
        LEFT = "left", _("Left: somebody had changed it meanwhile")
        REFUSED = "refused", _("Refused: see to it by hand")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="moves")
    what = models.CharField(max_length=9, choices=What.choices)
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    loan = models.ForeignKey(
        Loan, null=True, blank=True, on_delete=models.CASCADE, related_name="moves"
    )
    hold = models.ForeignKey(
        Hold, null=True, blank=True, on_delete=models.CASCADE, related_name="moves"
    )
    subject_id = models.BigIntegerField(null=True, blank=True)  # an item, a patron
    before = models.CharField(max_length=32)
    after = models.CharField(max_length=32)
    origin = models.CharField(max_length=32)
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)

    SECRECY = secrecy(
        staff="shift what library loan hold subject_id before after origin state"
    )

    class Meta:
        db_table = "shift_move"
        constraints = (
            UniqueConstraint(
                fields=["shift", "loan", "what"], name="a_shift_moves_a_loan_once"
            ),
            UniqueConstraint(
                fields=["shift", "hold", "what"], name="a_shift_moves_a_hold_once"
            ),
            UniqueConstraint(
                fields=["shift", "subject_id", "what"],
                name="a_shift_moves_an_item_or_a_patron_once",
            ),
            CheckConstraint(
                condition=Q(
                    loan__isnull=False, hold__isnull=True, subject_id__isnull=True
                )
                | Q(loan__isnull=True, hold__isnull=False, subject_id__isnull=True)
                | Q(loan__isnull=True, hold__isnull=True, subject_id__isnull=False),
                name="a_move_is_of_one_thing",
            ),
        )
        indexes = (
            models.Index(
                fields=["shift", "id"],
                condition=Q(state="planned"),
                name="move_planned",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"move {self.pk}: {self.what}"


UNFINISHED: Final = (Shift.State.ASKED, Shift.State.PLANNED)
