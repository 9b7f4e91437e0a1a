"""What the offline desk says. Its page takes the sentences along in one language."""

from django.utils.translation import gettext as _

from kortisto.core.text import without_places
from kortisto.domain.offline.snapshot import ITEM_REASONS


def words_of_the_desk() -> dict[str, object]:
    """Sentences by name; ``{…}`` are places that the page fills."""
    return {
        "online": _("Connected"),
        "offline": _("No connection"),
        "not_ready": _("This workstation has not been made ready."),
        "ready_until": _("Ready until {until}"),
        "ran_out": _(
            "The copy ran out on {until}: nothing more is lent with it. What is "
            "waiting can still be sent."
        ),
        "waiting": _("Waiting to be sent: {n}"),
        "sent": _("Sent: {n}"),
        "conflicts": _("To be seen to: {n}"),
        "scan_card": _("Scan a card"),
        "scan_item": _("Scan an item"),
        "scan_return": _("Scan an item that was brought"),
        "card_good": _("The card may borrow."),
        "card_barred": _(
            "Nothing is lent to this card now. The reason is known when there is a "
            "connection."
        ),
        "card_replaced": _("The card has been replaced by a newer one."),
        "card_unknown": _(
            "The copy does not know this card. It may be new, or wrongly read."
        ),
        "lend_anyway": _("Lend to it all the same"),
        "card_open": _("Card {card}"),
        "lent_until": _("Due {due}"),
        "lent_no_date": _("The due date is known when it has been sent."),
        "item_unknown": _("The copy does not know this item."),
        "item_stopped": _("Not lent: {why}"),
        "waits_for_another": _("it waits for another patron."),
        "not_for_loan": _("it is not for loan."),
        "age_limit": _("the material is forbidden under the age of {age}."),
        "lent_already": _("Lent to this card already: due {due}"),
        "lent_to_another": _(
            "Lent here to another card a while ago. Take it back first."
        ),
        "returned": _("Noted: to be checked in"),
        "returned_twice": _("Noted already: to be checked in"),
        "not_saved": _("It could not be saved on this workstation: write it down!"),
        "log_in_to_send": _("Log in to send what is waiting."),
        "sending": _("Sending…"),
        "all_sent": _("Everything has been sent."),
        "send_failed": _("Sending did not succeed. It will be tried again."),
        "state_waiting": _("Waits"),
        "state_done": _("Recorded"),
        "state_nothing": _("Nothing to record"),
        "state_stuck": _("To be seen to"),
        "state_unclear": _("Cannot be read"),
        "state_settled": _("Seen to"),
        "state_dropped": _("Left unrecorded"),
        "checkout": _("Check-out"),
        "checkin": _("Check-in"),
        "making": _("Fetching rules, items and cards…"),
        "made_items": _("Items: {n}"),
        "made_cards": _("Cards: {n}"),
        "made": _(
            "Ready. When the connection breaks, the offline desk opens by itself."
        ),
        "make_failed": _("It did not succeed. The earlier copy, if any, is as it was."),
        "send_first": _("Send first what is waiting."),
        "not_possible": _(
            "This browser cannot do it: it needs a secure address (https) and storage."
        ),
        "removed": _("The copy has been removed from this workstation."),
        "reasons": {one.value: without_places(one.label) for one in ITEM_REASONS},
    }
