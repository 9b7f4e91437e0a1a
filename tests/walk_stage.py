"""Content for the pages that test_every_page.py walks through, on top of a tiny demo.

    python -m tests.walk_stage

adds to the data directory a patron with loans, holds, charges and a restriction; an
import with a report and one that waits, a job that failed and an export; a draft of the
rules; an account that has to set up its second factor. It prints as JSON what the walk
needs to know of them.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.core.actors import Actor  # noqa: E402
from kortisto.core.errands import NewErrand, ask  # noqa: E402
from kortisto.core.tokens import digest  # noqa: E402
from kortisto.domain.acquisitions.actions.answering import (  # noqa: E402
    answer_suggestion,
    merge_suggestions,
)
from kortisto.domain.acquisitions.actions.suggesting import (  # noqa: E402
    NewSuggestion,
    suggest,
)
from kortisto.domain.catalogue.models import Item, Record  # noqa: E402
from kortisto.domain.circulation.actions.checkin import checkin  # noqa: E402
from kortisto.domain.circulation.actions.checkout import checkout  # noqa: E402
from kortisto.domain.circulation.actions.claims import (  # noqa: E402
    NewClaim,
    claim,
    looked_in_vain,
)
from kortisto.domain.circulation.actions.in_house import count_use  # noqa: E402
from kortisto.domain.circulation.actions.recalling import recall  # noqa: E402
from kortisto.domain.circulation.loss_settings import (  # noqa: E402
    LONG_OVERDUE_DAYS,
)
from kortisto.domain.circulation.models import Claim, Loan  # noqa: E402
from kortisto.domain.entry.actions.bans import NewBan, ban  # noqa: E402
from kortisto.domain.entry.actions.devices import add_door  # noqa: E402
from kortisto.domain.fees.actions.charges import charge  # noqa: E402
from kortisto.domain.holds.models import Hold  # noqa: E402
from kortisto.domain.notices.actions.texts import save_text  # noqa: E402
from kortisto.domain.notices.actions.writing import Letter, write_message  # noqa: E402
from kortisto.domain.notices.models import Notice, Transport  # noqa: E402
from kortisto.domain.notices.variables import Wording  # noqa: E402
from kortisto.domain.org.actions.recognising import note_use  # noqa: E402
from kortisto.domain.org.actions.reviews import ask_for_reviews  # noqa: E402
from kortisto.domain.org.actions.roles import give_role  # noqa: E402
from kortisto.domain.org.actions.settings import set_setting  # noqa: E402
from kortisto.domain.org.actions.staff import create_staff  # noqa: E402
from kortisto.domain.org.actions.workstations import add_workstation  # noqa: E402
from kortisto.domain.org.models import Unit  # noqa: E402
from kortisto.domain.patrons.actions.binning import put_in_bin  # noqa: E402
from kortisto.domain.patrons.actions.change import change  # noqa: E402
from kortisto.domain.patrons.actions.change_requests import (  # noqa: E402
    request_changes,
)
from kortisto.domain.patrons.actions.notes import write_note  # noqa: E402
from kortisto.domain.patrons.actions.restriction_types import (  # noqa: E402
    TypeTold,
    add_type,
)
from kortisto.domain.patrons.actions.restrictions import restrict  # noqa: E402
from kortisto.domain.patrons.errands import ERRANDS  # noqa: E402
from kortisto.domain.patrons.models import (  # noqa: E402
    Card,
    Guardianship,
    Patron,
    PatronNote,
    PinLink,
    RequestedChange,
    Source,
)
from kortisto.domain.patrons.pin_hashes import hashed  # noqa: E402
from kortisto.domain.patrons.population_changes import Task  # noqa: E402
from kortisto.domain.policies.actions.drafts import (  # noqa: E402
    Place,
    draft_rules,
    set_values,
)
from kortisto.interfaces.cli.demo.accounts import PASSWORD  # noqa: E402
from kortisto.testing.builders import (  # noqa: E402
    card_of,
    chief,
    make_hold,
    make_item,
    make_item_type,
    make_patron,
    themself,
)
from tests.walk_closures import closures, tried  # noqa: E402
from tests.walk_floating import floating  # noqa: E402
from tests.walk_holds import holds, journeys, series, shelf_place, to_fetch  # noqa: E402
from tests.walk_jobs import jobs  # noqa: E402
from tests.walk_offline import bus_stop, offline  # noqa: E402

PIN: Final = "4826"
NEWCOMER: Final = "uusi"
DAYS_AGO: Final = (40, 10, 0)
"""When the patron's loans began: one is overdue, one due in some weeks, one is new."""


def build() -> dict[str, Any]:
    """Everything; returns samples for the places in addresses, and log-ins."""
    library = Unit.objects.get(code="MLI")
    by = chief(library)
    told = {**patron_and_loans(library, by), **closures(library, by)}
    told |= rules_and_staff(library, by)
    return {
        **told,
        **offline(told["workstation_id"], told["card"], "PUUTTUU", by),
        **floating(library, by),
        **bus_stop(),
        **jobs(by),  # last: one of them is left waiting
    }


@transaction.atomic
def patron_and_loans(library: Unit, by: Actor) -> dict[str, Any]:
    """Somebody at whose account there is something under every heading."""
    now = timezone.now()
    patron = make_patron(
        surname="Kävelijä",
        home_library=library,
        pin_hash=hashed(PIN),
        history=Patron.History.FOREVER,
        street="Porrassalmenkatu 1",
        postal_code="50100",
        city="Mikkeli",
        phone="+358401234567",
        email="kavelija@example.fi",
    )
    public = PatronNote.Audience.PUBLIC
    put_in_bin(make_patron().pk, "Muutti pois", by=by, now=now)
    told = "Kortti jäi hyllyn väliin"
    note = write_note(patron.pk, told, audience=public, by=by, now=now)
    shelf = shelve(library)
    returned = next(shelf)
    start = now - timedelta(days=90)
    checkout(card_of(patron), returned.barcode, by=by, now=start)
    checkin(returned.barcode, by=by, now=now - timedelta(days=1))
    used = count_use(returned.barcode, by=by, now=now)
    copies = [next(shelf) for _days in DAYS_AGO]
    lent = [
        checkout(card_of(patron), copy.barcode, by=by, now=now - timedelta(days=days))
        for copy, days in zip(copies, DAYS_AGO, strict=True)
    ]
    set_setting(library.pk, LONG_OVERDUE_DAYS, value=10, by=by, now=now)
    claimed = claimed_loan(next(shelf), patron, by)
    recalled = recall(lent[1].loan_id, by=by, now=now)
    waiting = next(shelf)
    until = timezone.localdate(now) + timedelta(days=7)
    shelved: dict[str, Any] = {
        "state": Hold.State.WAITING,
        "item": waiting,
        "pickup_until": until,
    }
    waits = make_hold(patron, waiting.record, pickup=library, **shelved)
    journeys(library, patron, next(shelf), next(shelf))
    queued = holds(library, patron, returned.record, by)
    pull_id = to_fetch(next(shelf), patron, library, now)
    charge(patron.pk, "NEW_CARD", 300, key="walk", by=by, now=now)
    restriction = restrict(
        patron.pk, "Soita laskutukseen", by=by, now=now, ends_on=until
    )
    change(patron.pk, {"street": "Porrassalmenkatu 2"}, by=by, now=now)
    child = make_patron(category="LAPSI", born_on=date(2019, 6, 5))
    today = timezone.localdate(now)
    guarded = Guardianship.objects.create(
        guardian=make_patron(), dependant=patron, starts_on=today
    )
    Guardianship.objects.create(
        guardian=patron, dependant=child, starts_on=today, sees_loans=True
    )
    checkout(card_of(child), next(shelf).barcode, by=by, now=now)
    request_changes(patron.pk, {"street": "Kävelytie 2"}, by=themself(patron), now=now)
    return {
        "provisional_id": provisional(library),
        "patron_id": patron.pk,
        "card": card_of(patron),
        "pin": PIN,
        "loan_id": lent[-1].loan_id,
        "claimed_loan_id": claimed.loan_id,
        "recalled_loan_id": recalled.pk,
        "claim_id": claimed.pk,
        "use_id": used.use_id,
        "pull_id": pull_id,
        "category_id": patron.category_id,
        "item_id": copies[-1].pk,
        "type_id": copies[-1].item_type_id,
        "overdue": Loan.objects.get(pk=lent[0].loan_id).barcode,
        "free": next(shelf).barcode,
        "restriction_id": restriction.pk,
        "hold_id": queued,
        **series(library, patron),
        "held_id": returned.record_id,
        "shelved_hold_id": waits.pk,
        "shelf_place_id": shelf_place(library, by),
        "reader_card": card_of(make_patron(pin_hash=hashed(PIN))),
        "child_id": child.pk,
        "note_id": note.pk,
        "link_id": guarded.pk,
        "change_id": RequestedChange.objects.get(patron=patron).pk,
        "token": pin_link(patron),
        "notice_id": messages(patron, by),
        **doors(library, patron.pk, by),
        "errand_id": errand(library, patron.pk, by),
        "suggestion_id": suggestions(library, patron, by),
    }


def claimed_loan(copy: Item, patron: Patron, by: Actor) -> Claim:
    """A loan that the patron says was brought back; looked for once in vain."""
    now = timezone.now()
    lent = checkout(card_of(patron), copy.barcode, by=by, now=now - timedelta(days=50))
    said = NewClaim(
        kind=Claim.Kind.RETURNED,
        library_id=copy.home_library_id,
        note="Palautti luukkuun juhannuksena",
    )
    made = claim(lent.loan_id, said, by=by, now=now)
    return looked_in_vain(made.pk, by=by, now=now)


def suggestions(library: Unit, patron: Patron, by: Actor) -> int:
    """A title that two suggest, one that looks the same, and one that is declined."""
    now = timezone.now()
    made = []
    for whose, title in (
        (patron, "Lohipään paluu"),
        (make_patron(), "Lohipää palaa"),
        (make_patron(), "LOHIPÄÄN PALUU"),
        (patron, "Katkera kurki"),
    ):
        new = NewSuggestion(title=title, why="Lukupiirille", library_id=library.pk)
        made.append(suggest(whose.pk, new, by=themself(whose), now=now).pk)
    merge_suggestions(made[0], [made[1]], by=by, now=now)
    told = {"answer": "interlibrary", "note": "Kysy tiskiltä", "seen": "new"}
    answer_suggestion(made[3], "declined", by=by, now=now, **told)
    return made[0]


def messages(patron: Patron, by: Actor) -> int:
    """Read on the web, sent by mail, given up; the id of the one that was sent."""
    now = timezone.now()
    told = Wording("Silmälasisi", "Silmälasisi löytyivät kirjan välistä.")
    letter = Letter(key="walk", template="free", transport=Transport.WEB, wording=told)
    write_message(patron.pk, letter, by=by, now=now)
    mail = {
        "patron": patron,
        "kind": "pin-changed",
        "day": timezone.localdate(now),
        "transport": Transport.EMAIL,
        "address": patron.email,
        "subject": "Tunnuslukusi on vaihdettu",
        "text": "Hei, kirjastokorttisi tunnusluku vaihdettiin.",
        "created_at": now,
    }
    sent = Notice.objects.create(
        **mail, about="event:1", state=Notice.State.SENT, sent_at=now
    )
    Notice.objects.create(
        **mail,
        about="event:2",
        state=Notice.State.GIVEN_UP,
        trouble=Notice.Trouble.ADDRESS_REFUSED,
    )
    save_text(
        "welcome",
        "fi",
        Wording("Tervetuloa!", "Hei {name}, tervetuloa."),
        seen=0,
        by=by,
        now=now,
    )
    return sent.pk


def pin_link(patron: Patron) -> str:
    """A link to a new PIN that nobody has used; what stands in its address."""
    token = "kavelija"
    now = timezone.now()
    PinLink.objects.create(
        patron=patron,
        digest=digest(token),
        made_at=now,
        ends_at=now + timedelta(hours=1),
    )
    return token


def provisional(library: Unit) -> int:
    """Somebody who has registered on the web and not fetched the card."""
    made = make_patron(
        surname="Hakija",
        category="HAKEMUS",
        home_library=library,
        source=Source.ONLINE,
        registered_on=timezone.localdate(),
    )
    Card.objects.filter(patron=made).delete()
    return made.pk


def doors(library: Unit, patron_id: int, by: Actor) -> dict[str, Any]:
    """A door, and somebody who may not use it for a week."""
    now = timezone.now()
    today = timezone.localdate(now)
    device, _token = add_door(library.pk, "Etuovi", by=by, now=now)
    new = NewBan(
        starts_on=today,
        ends_on=today + timedelta(days=7),
        reason="Häiriö illalla",
        hearing="Kuultu puhelimessa",
        public_note="Voit käydä kirjastossa, kun henkilökunta on paikalla.",
        libraries=[library.pk],
    )
    banned = ban(patron_id, new, by=by, now=now)
    return {"device_id": device.pk, "ban_id": banned.pk}


def errand(library: Unit, patron_id: int, by: Actor) -> int:
    """Something that a person must see to."""
    kind = ERRANDS[Task.DEATH]
    new = NewErrand(kind=kind, subject_id=patron_id, unit_id=library.pk)
    return ask(new, by=by, now=timezone.now()).pk


def shelve(library: Unit) -> Iterator[Item]:
    """New copies of titles of the demo, at the library, one after another."""
    kind = make_item_type()
    for record in Record.objects.order_by("pk"):
        yield make_item(record=record, library=library, item_type=kind)


def rules_and_staff(library: Unit, by: Actor) -> dict[str, Any]:
    """A draft with a row of its own, and an administrator without a second factor."""
    now = timezone.now()
    draft = draft_rules(by=by, now=now, note="Kesä")
    kind = make_item_type()
    place = Place(library_id=library.pk, item_type_id=kind.pk)
    set_values(place, {"loan_period": 14, "fine_cents": 20}, by=by, now=now)
    person = create_staff(
        NEWCOMER,
        PASSWORD,
        full_name="Uuno Uusi",
        home_library_id=library.pk,
        by=by,
        now=now,
    )
    top = Unit.objects.get(code="LUMME")
    today = timezone.localdate(now)
    role = "kimpan-paakayttaja"
    grant = give_role(person.pk, role, unit_id=top.pk, starts_on=today, by=by, now=now)
    ask_for_reviews(by=by, now=now)
    window = {"name_fi": "Ikkunan rikkominen", "name_sv": "Krossat fönster"}
    add_type("IKKUNA", TypeTold(names=window, in_use=False), by=by, now=now)
    workstation, _code = add_workstation(library.pk, "LT-204", by=by, now=now)
    note_use(workstation.pk, person.pk, now=now)
    return {
        "tried_id": tried(draft.number, by),
        "workstation_id": workstation.pk,
        **dict.fromkeys(("link_id", "passkey_id"), 1),  # only ever posted to
        "service": "kunta",  # leads away
        "municipality_id": top.pk,
        "draft": draft.number,
        "row": f"library={library.pk}&item_type={kind.pk}",
        "staff_id": person.pk,
        "role_id": grant.role_id,
        "grant_id": grant.pk,
        "newcomer": NEWCOMER,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(build()))
