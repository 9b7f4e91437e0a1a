"""What a personal identity code tells the form, before anything is kept (S28, S10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions.identity import look_up_identity
from kortisto.domain.patrons.actions.population_query import (
    PopulationReason,
    ask_population_register,
)
from kortisto.domain.patrons.category_kinds import ORDINARY_PEOPLE
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.fields import text_of
from kortisto.domain.patrons.identity import CodeTrouble
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.population_query import fills_in
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.rules import category_fits


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfCode:
    """What is known of a code that was typed, and what of it fills the form.

    ``state`` is good, exists, wrong or asks (about a ``+``).
    """

    state: str
    sentences: Sequence[str] = ()
    warnings: Sequence[str] = ()
    patron_id: int | None = None
    fill: Mapping[str, str] = field(default_factory=dict)
    from_register: bool = False


def told_of_code(
    code: str,
    *,
    prefix: str,
    category: str,
    born_in_1800s: bool,
    by: Actor,
    now: datetime,
) -> ToldOfCode:
    """What to say under the field, and what to fill in.

    ``prefix`` is of the names of the fields; ``category`` the code of the chosen one,
    which gives way to another when it is not for the age. Nothing is kept.
    """
    try:
        looked = look_up_identity(code, by=by, now=now, born_in_1800s=born_in_1800s)
    except Refused as refused:
        asks = refused.refusals[0].reason is CodeTrouble.BORN_IN_1800S
        sentences = [each.message for each in refused.refusals]
        return ToldOfCode(state="asks" if asks else "wrong", sentences=sentences)
    if looked.patron_id is not None:
        return ToldOfCode(
            state="exists",
            sentences=[_("The patron already exists.")],
            patron_id=looked.patron_id,
        )
    fill = {"born_on": looked.born_on.isoformat()}
    told = _told_by_register(code, by=by, now=now)
    better = None if prefix else _better(category, looked.born_on, by=by, now=now)
    sentences = [
        _("The code is in order and is saved with the patron."),
        *told.sentences,
    ]
    values = {f"{prefix}{name}": text for name, text in {**told.fill, **fill}.items()}
    if better is not None:
        values["category"] = better.code
        sentence = _("By the age, the category is now {category}.")
        sentences.append(sentence.format(category=better.name))
    return ToldOfCode(
        state="good",
        sentences=sentences,
        warnings=told.warnings,
        fill=values,
        from_register=told.from_register,
    )


def _told_by_register(code: str, *, by: Actor, now: datetime) -> ToldOfCode:
    """What the population register adds, where it is asked (S10)."""
    try:
        person = ask_population_register(code, by=by, now=now)
    except Refused as refused:
        off = {each.reason for each in refused.refusals}
        if off == {PopulationReason.NOT_ASKED_HERE}:
            return ToldOfCode(state="good")
        warnings = [each.message for each in refused.refusals]
        return ToldOfCode(state="good", warnings=warnings)
    if person is None:
        nobody = _(
            "The population register knows nobody by this code. Type the data in."
        )
        return ToldOfCode(state="good", warnings=[nobody])
    told = fills_in(person, today=localdate(now))
    if "died_on" in told:
        dead = _("The population register has reported this person dead.")
        return ToldOfCode(state="good", warnings=[dead])
    warnings = []
    if told.get("is_protected"):
        warnings.append(
            _("The person has a protection order: the address has not been fetched.")
        )
    fill = {name: text_of(value) for name, value in told.items() if value}
    sentence = _("Name and address are from the population register.")
    return ToldOfCode(
        state="good",
        sentences=[sentence],
        warnings=warnings,
        fill=fill,
        from_register=True,
    )


def _better(
    chosen_code: str, born_on: date, *, by: Actor, now: datetime
) -> PatronCategory | None:
    """Another category of the library, when the chosen one is not for this age."""
    assert by.library_id is not None  # noqa: S101 - pages need a library
    today = localdate(now)

    def fits(category: PatronCategory) -> bool:
        guardians = 1 if category.may_have_guardian else 0
        terms = terms_of(category)
        return not category_fits(
            terms, born_on=born_on, guardians=guardians, today=today
        )

    rows = {each.code: each for each in used_at(by.library_id)}
    chosen = rows.get(chosen_code)
    if chosen is None or chosen.kind not in ORDINARY_PEOPLE or fits(chosen):
        return None
    ordinary = (each for each in rows.values() if each.kind in ORDINARY_PEOPLE)
    return next((each for each in ordinary if fits(each)), None)
