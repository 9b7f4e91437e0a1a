"""Which population register a library asks, and what of an answer fills a form."""

from datetime import date
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kortisto.domain.org.queries import organisation
from kortisto.domain.org.tree import MUNICIPALITY, Node
from kortisto.domain.patrons.population import Person, Topic
from kortisto.domain.patrons.population_changes import News, PatronFacts, what_changes
from kortisto.domain.patrons.ports import PopulationRegister
from kortisto.domain.patrons.settings import FOLLOW_CHANGES


def population_register(unit_id: int) -> PopulationRegister:
    """The register by the permit of the unit's municipality. Raises AdapterError."""
    make = import_string(settings.POPULATION_REGISTER)
    tree = organisation()
    codes = [tree.unit(one).municipality_code for one in tree.path(unit_id)]
    own = [code for code in codes if code]
    return cast("PopulationRegister", make(own[-1] if own else ""))


def followers() -> list[Node]:
    """Municipalities that follow the register, in the order of their codes.

    One inside another, which follows as well, is left out: the outer one has its
    patrons already.
    """
    tree = organisation()
    on = {
        node.id: node
        for node in tree.units.values()
        if node.kind == MUNICIPALITY and tree.setting(FOLLOW_CHANGES, node.id).value
    }
    outermost = [node for node in on.values() if not on.keys() & set(node.path[:-1])]
    return sorted(outermost, key=lambda node: node.code)


def fills_in(person: Person, *, today: date) -> dict[str, object]:
    """Values for the form of a new patron. Nothing of a protected person's address."""
    empty = PatronFacts(today=today, surname="", language="", language_chosen=False)
    news = News(person=person, topics=frozenset({Topic.LANGUAGE}))
    outcome = what_changes(empty, news)
    return {value.field: value.new for value in outcome.values}
