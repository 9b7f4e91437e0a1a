"""Why a change of the collection is refused."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal, Refused


class Reason(refusals.Reason):
    RECORD_CHANGED_MEANWHILE = (
        "record-changed-meanwhile",
        _("Somebody else has changed the record: it is at version {version} now."),
    )
    ITEM_CHANGED_MEANWHILE = (
        "item-changed-meanwhile",
        _("The item has been changed or lent meanwhile. Look at it again."),
    )
    BAD_RECORD = "bad-record", _("{sentence}")
    CONTROL_NUMBER_TAKEN = (
        "control-number-taken",
        _("Another record has the control number {number} of {source} already."),
    )
    CONTROL_NUMBER_STAYS = (
        "control-number-stays",
        _("The control number {number} of a record is never changed."),
    )
    RECORD_HAS_ITEMS = "record-has-items", _("The record has {items} items.")
    RECORD_IS_DELETED = "record-is-deleted", _("The record has been deleted.")
    BARCODE_TAKEN = "barcode-taken", _("Another item has the barcode {barcode}.")
    BAD_BARCODE = (
        "bad-barcode",
        _("A barcode has 1 to {longest} visible characters."),
    )
    UNKNOWN_CODE = "unknown-code", _("The list {list} has no code {code}.")
    NOT_A_LIBRARY = "not-a-library", _("Items belong to libraries only.")
    UNKNOWN_ITEM_TYPE = "unknown-item-type", _("There is no such item type.")
    TEXT_TOO_LONG = (
        "text-too-long",
        _("The field {field} holds at most {longest} characters."),
    )
    OUT_OF_RANGE = "out-of-range", _("The number in the field {field} is impossible.")
    CONTROL_CHARACTERS = (
        "control-characters",
        _("The field {field} holds characters that nobody can see."),
    )


def refused(reason: Reason, **facts: object) -> Refused:
    """The exception for one reason that nobody can set aside."""
    return Refused([Refusal(reason, facts=facts)])
