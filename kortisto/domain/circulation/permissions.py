"""What can be allowed at the lending desk. Each override has its own permission."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class LendingPermission(Permission):
    LEND = "lending.lend", _("Check out, renew and check in")
    SET_DUE_DATE = "lending.set-due-date", _("Choose another due date")
    BACKDATE = "lending.backdate", _("Check in as of an earlier day")
    MARK_ITEMS = (
        "lending.mark-items",
        _("Say that an item is lost, damaged, missing or found"),
    )
    UNDO = "lending.undo", _("Undo a check-out or a check-in")
    RECALL = "lending.recall", _("Recall a loan that somebody else needs")
    VOID = "lending.void", _("Void a loan made to the wrong person")
    WORK_OFFLINE = (
        "lending.work-offline",
        _("Make a desk ready to work without a connection, and send what it did"),
    )
    OVERRIDE_CARD = "lending.override-card", _("Lend although the card has expired")
    OVERRIDE_RESTRICTION = (
        "lending.override-restriction",
        _("Lend although the patron is restricted"),
    )
    OVERRIDE_CHARGES = (
        "lending.override-charges",
        _("Lend although charges are over the limit"),
    )
    OVERRIDE_LIMITS = "lending.override-limits", _("Lend over the number of loans")
    OVERRIDE_ITEM = (
        "lending.override-item",
        _("Lend an item that its status would keep in"),
    )
    OVERRIDE_HOLD = "lending.override-hold", _("Lend an item held for another patron")
    OVERRIDE_RENEWAL = "lending.override-renewal", _("Renew against the rules")
