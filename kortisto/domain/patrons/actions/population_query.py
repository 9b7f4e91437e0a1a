"""Ask the population register about one person, while a patron is registered (S10)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.failures import AdapterError
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.events import PopulationRegisterAsked
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population import Person
from kortisto.domain.patrons.population_query import population_register
from kortisto.domain.patrons.settings import ASK_AT_DESK


class PopulationReason(Reason):
    NOT_ASKED_HERE = (
        "population-register-off",
        _("The population register is not asked at this library."),
    )
    UNREACHABLE = (
        "population-register-unreachable",
        _("The population register cannot be asked now. Type the data in."),
    )


def ask_population_register(code: str, *, by: Actor, now: datetime) -> Person | None:
    """What the register says of who has a code; None when it knows nobody.

    By the permit of the municipality where the actor works. That it was asked is
    logged, and by whom; the code is not. Nothing is stored: ``fills_in`` of
    ``population_query.py`` gives the values for a form. Raises Refused.
    """
    by.require(PatronPermission.EDIT)
    here = by.library_id
    if here is None or not organisation().setting(ASK_AT_DESK, here).value:
        raise Refused([Refusal(PopulationReason.NOT_ASKED_HERE)])
    try:
        person = population_register(here).person(code, asked_by=by.label)
    except AdapterError as error:
        raise Refused([Refusal(PopulationReason.UNREACHABLE)]) from error
    event = PopulationRegisterAsked(found=person is not None)
    publish(event, by=by, at=now)
    return person
