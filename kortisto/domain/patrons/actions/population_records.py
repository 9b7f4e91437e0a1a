"""The patron register as the population register's feed reads and writes it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.failures import AdapterError
from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.family import in_force
from kortisto.domain.patrons.actions.identity import replace_identity
from kortisto.domain.patrons.actions.notes import add_note
from kortisto.domain.patrons.actions.population_feed import Looked, Records
from kortisto.domain.patrons.actions.restrictions import restrict
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import (
    FieldChange,
    Guardianship,
    Patron,
    PatronNote,
    Source,
)
from kortisto.domain.patrons.population_changes import PatronFacts, Value
from kortisto.domain.patrons.restriction_types import DECEASED
from kortisto.domain.patrons.vault import vault

VAULT_TROUBLE = frozenset({IdentityReason.VAULT_IS_DOWN, IdentityReason.VAULT_REFUSES})
# Where a language came from that nobody of ours, nor the patron, has chosen.
UNCHOSEN = frozenset({Source.POPULATION_REGISTER.value, Source.MIGRATION.value})


class PatronRecords(Records):
    """With the identity vault of the settings."""

    @override
    def find(
        self, codes: Collection[str], *, within: frozenset[int] | None
    ) -> Mapping[str, int]:
        keys = {code: key for code in codes if (key := vault().find(code)) is not None}
        patrons = Patron.objects.filter(
            identity_key__in=keys.values(), binned_at__isnull=True
        )
        if within is not None:
            patrons = patrons.filter(home_library_id__in=within)
        ids = dict(patrons.values_list("identity_key", "pk"))
        return {code: ids[key] for code, key in keys.items() if key in ids}

    @override
    def correct_code(
        self, patron_id: int, code: str, *, by: Actor, now: datetime
    ) -> bool:
        corrected = [IdentityReason.BORN_ANOTHER_DAY]  # so is the date of birth
        try:
            replace_identity(
                patron_id,
                code,
                by=by,
                now=now,
                overriding=corrected,
                source=Source.POPULATION_REGISTER,
            )
        except Refused as refused:
            reasons = {refusal.reason for refusal in refused.refusals}
            if reasons & VAULT_TROUBLE:
                message = "the identity vault could not be asked"
                raise AdapterError(message, permanent=False) from refused
            if IdentityReason.PATRON_EXISTS in reasons:
                return False
            raise
        return True

    @override
    def look(self, patron_id: int, *, now: datetime) -> Looked | None:
        locked = Patron.objects.select_for_update(of=("self",))
        patron = locked.filter(pk=patron_id).first()
        if patron is None:
            return None
        today = localdate(now)
        named = in_force(patron_id, today).filter(
            guardian__identity_key__isnull=False, kind__in=Guardianship.ANSWERING
        )
        facts = PatronFacts(
            today=today,
            surname=patron.surname,
            first_names=patron.first_names,
            called_name=patron.called_name,
            born_on=patron.born_on,
            street=patron.street,
            postal_code=patron.postal_code,
            city=patron.city,
            check_address=patron.check_address,
            language=patron.language,
            language_chosen=_source_of(patron, "language") not in UNCHOSEN,
            is_protected=patron.is_protected,
            protected_until_on=patron.protected_until_on,
            died_on=patron.died_on,
            guardians=frozenset(
                one for one in named.values_list("guardian_id", flat=True) if one
            ),
        )
        return Looked(facts, patron.home_library_id)

    @override
    def write(
        self, patron_id: int, values: Sequence[Value], *, by: Actor, now: datetime
    ) -> None:
        """A death also stops the card, by a restriction, and is noted for staff."""
        new = {value.field: value.new for value in values}
        source = Source.POPULATION_REGISTER
        change(patron_id, new, by=by, now=now, source=source)
        if "died_on" in new:
            text = _("On {day} the population register reported the death.")
            told = text.format(day=written(localdate(now)))
            audience = PatronNote.Audience.STAFF
            add_note(patron_id, told, audience=audience, by=by, now=now)
            restrict(patron_id, "", by=by, now=now, kind=DECEASED)


def _source_of(patron: Patron, field: str) -> str:
    """Where a field's value came from: its newest change, or the registration."""
    changes = FieldChange.objects.filter(patron=patron, field=field).order_by("-pk")
    newest = changes.values_list("source", flat=True).first()
    return newest or patron.source
