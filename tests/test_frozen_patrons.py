"""Every action about a patron stops where the processing is restricted (GDP-2).

An action of domain/patrons or domain/entry that is new fails here until it is in one of
the tables: it refuses (``REFUSES``), it is a job that passes such a patron by
(``NIGHTS``), or it goes on for a reason (``GOES_ON``; test_frozen_closes.py tries those
that only close something).
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import pytest

from kortisto.domain.entry.actions import bans, guardians, terms
from kortisto.domain.entry.actions import forgetting as entry_nights
from kortisto.domain.entry.models import GuardianPermission
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions import (
    ageing,
    binning,
    cards,
    change,
    change_requests,
    choices,
    contacts,
    erasing,
    erasures,
    family,
    forgetting,
    home_library,
    identity,
    inactive,
    language,
    merge,
    notes,
    pin,
    provisional,
    redating,
    renewing,
    resolving,
    restrictions,
)
from kortisto.domain.patrons.actions.change_requests import Answer
from kortisto.domain.patrons.models import (
    Erasure,
    Patron,
    PatronCategory,
    RequestedChange,
)
from kortisto.domain.patrons.new_patron import NewGuardian
from kortisto.domain.patrons.restriction_types import Removal
from kortisto.domain.patrons.settings import INACTIVE_MONTHS
from kortisto.testing.builders import make_consortium, make_library
from kortisto.testing.identity_codes import new_code
from tests.frozen_stage import (
    NOW,
    PIN,
    STAFF,
    TEN_YEARS,
    TODAY,
    Stage,
    everything_kept,
    set_up,
    stopped,
)

pytestmark = pytest.mark.django_db

YES: Final = GuardianPermission.Answer.YES


@pytest.fixture
def stage() -> Stage:
    made = set_up()
    made.freeze()
    return made


def at(stage: Stage, act: Callable[..., Any]) -> Callable[..., Any]:
    """An action by somebody who may do everything, now."""
    return partial(act, by=stage.by, now=NOW)


# --- what refuses --------------------------------------------------------------------

REFUSES: Final[Mapping[str, Callable[[Stage], object]]] = {
    "accept_terms": lambda s: at(s, terms.accept_terms)(s.patron, terms.newest_terms()),
    "add_guardian": lambda s: at(s, family.add_guardian)(
        s.patron, NewGuardian(name="Täti")
    ),
    "answer_changes": lambda s: at(s, change_requests.answer_changes)(
        s.patron, {s.asked: Answer.DENY}
    ),
    "arrange_guardians": lambda s: at(s, family.arrange_guardians)(
        s.patron, [s.going_on, s.link], bills_to=s.link, consents={}
    ),
    "ask_erasure": lambda s: at(s, erasures.ask_erasure)(s.other),
    "change": lambda s: at(s, change.change)(s.patron, {"city": "Juva"}),
    "change_contacts": lambda s: contacts.change_contacts(
        s.patron, {"phone": "040 1234567"}, seen={}, by=s.own, now=NOW
    ),
    "choose_home_library": lambda s: home_library.choose_home_library(
        s.patron, make_library("SVL").pk, by=s.own, now=NOW
    ),
    "choose_messages": lambda s: at(s, choices.choose_messages)(s.patron, []),
    "choose_messages_and_number": lambda s: at(s, choices.choose_messages_and_number)(
        s.patron, [], "+358401234567"
    ),
    "drop_registration": lambda s: at(s, provisional.drop_registration)(
        s.newcomer, "A joke"
    ),
    "erase": lambda s: at(s, erasing.erase)(s.other),
    "give_identity": lambda s: at(s, identity.give_identity)(s.other, new_code()),
    "hand_over_card": lambda s: at(s, provisional.hand_over_card)(
        s.newcomer, "P999", category="HENKILO"
    ),
    "let_guardian_go_on": lambda s: at(s, family.let_guardian_go_on)(s.link),
    "lift": lambda s: at(s, restrictions.lift)(s.restriction),
    "lift_ban": lambda s: at(s, bans.lift_ban)(s.ban),
    "merge": lambda s: at(s, merge.merge)(s.patron, s.other),
    "order_guardians": lambda s: at(s, family.order_guardians)(
        s.patron, [s.going_on, s.link], bills_to=s.link
    ),
    "put_in_bin": lambda s: at(s, binning.put_in_bin)(s.other, "Muutti"),
    "remove_identity": lambda s: at(s, identity.remove_identity)(s.patron, "Wrong"),
    "renew_membership": lambda s: at(s, renewing.renew_membership)(s.patron),
    "replace_card": lambda s: at(s, cards.replace_card)(s.patron, "P998"),
    "replace_identity": lambda s: at(s, identity.replace_identity)(
        s.patron, new_code()
    ),
    "request_changes": lambda s: change_requests.request_changes(
        s.patron, {"street": "Kolmas 3"}, by=s.own, now=NOW
    ),
    "resolve_identity": lambda s: at(s, resolving.resolve_identity)(s.patron, "A bill"),
    "restrict": lambda s: at(s, restrictions.restrict)(s.patron, "Ikkuna"),
    "set_consent": lambda s: at(s, family.set_consent)(s.link, {"sees_charges": True}),
    "set_flags": lambda s: at(s, change.set_flags)(s.patron, {"check_email": True}),
    "set_guardian_permission": lambda s: at(s, guardians.set_guardian_permission)(
        s.patron, YES
    ),
    "set_history_choice": lambda s: change.set_history_choice(
        s.patron, Patron.History.NEVER, by=s.own, now=NOW
    ),
    "set_hold_identifier": lambda s: change.set_hold_identifier(
        s.patron, "Uusi nimi", by=s.own, now=NOW
    ),
    "set_language": lambda s: language.set_language(s.patron, "sv", by=s.own, now=NOW),
    "set_pin": lambda s: at(s, pin.set_pin)(s.patron, PIN),
    "skip_identity": lambda s: at(s, identity.skip_identity)(s.other, "No paper"),
    "undo_merge": lambda s: at(s, merge.undo_merge)(s.patron),
    "withdraw_note": lambda s: at(s, notes.withdraw_note)(s.note),
    "write_note": lambda s: at(s, notes.write_note)(s.patron, "Soita", audience=STAFF),
}


@pytest.mark.parametrize("name", REFUSES)
def test_it_refuses_and_nothing_changes(name: str, stage: Stage) -> None:
    before = everything_kept()

    with stopped():
        REFUSES[name](stage)

    assert everything_kept() == before


@pytest.mark.parametrize("name", REFUSES)
def test_nothing_else_stands_in_its_way(name: str) -> None:
    """So the refusal above is for the restriction, and for no fault of the call."""
    stage = set_up()
    before = everything_kept()

    REFUSES[name](stage)

    assert everything_kept() != before


# --- what the night leaves as it is --------------------------------------------------


def outgrown(_stage: Stage) -> None:
    adults = PatronCategory.objects.get(code="HENKILO")
    PatronCategory.objects.filter(code="PERHE").update(max_age=17, next_category=adults)


def years_decide(stage: Stage) -> None:
    at_top = partial(set_setting, make_consortium().pk, INACTIVE_MONTHS, now=NOW)
    at_top(value=36, by=stage.by)


def erasure_asked(stage: Stage) -> None:
    Erasure.objects.create(
        patron_id=stage.other, asked_at=NOW, asked_by="x", erase_on=TODAY
    )


def answered(stage: Stage) -> None:
    rows = RequestedChange.objects.filter(pk=stage.asked)
    rows.update(state=RequestedChange.State.DENIED, answered_at=NOW, answered_by="x")


def nothing(_stage: Stage) -> None:
    """The stage has what the job looks for."""


def later(stage: Stage, act: Callable[..., Any]) -> Callable[[], Any]:
    return partial(act, by=stage.by, now=TEN_YEARS)


Night = tuple[Callable[[Stage], None], Callable[[Stage], object]]
WRITING: Final = redating.Redating(write=True, earlier_too=True)
NIGHTS: Final[Mapping[str, Night]] = {
    "announce_inactive": (
        years_decide,
        lambda s: later(s, inactive.announce_inactive)(),
    ),
    "empty_bin": (nothing, lambda s: later(s, binning.empty_bin)()),
    "end_lapsed_words": (nothing, lambda s: later(s, entry_nights.end_lapsed_words)()),
    "erase_due": (erasure_asked, lambda s: later(s, erasures.erase_due)()),
    "forget_answered": (
        answered,
        lambda _s: change_requests.forget_answered(now=TEN_YEARS),
    ),
    "forget_bans": (nothing, lambda s: later(s, entry_nights.forget_bans)()),
    "forget_people": (nothing, lambda s: later(s, entry_nights.forget_people)()),
    "forget_unclaimed": (nothing, lambda s: later(s, provisional.forget_unclaimed)()),
    "forget_what_is_over": (
        nothing,
        lambda s: later(s, forgetting.forget_what_is_over)(),
    ),
    "hand_bills_on": (nothing, lambda s: later(s, ageing.hand_bills_on)()),
    "let_grow_up": (outgrown, lambda s: later(s, ageing.let_grow_up)()),
    "lift_settled": (
        nothing,
        lambda s: at(s, restrictions.lift_settled)([s.patron], Removal.CHARGES_PAID),
    ),
    "redate_cards": (
        nothing,
        lambda s: partial(redating.redate_cards, WRITING, by=s.by, now=TEN_YEARS)(),
    ),
}


@pytest.mark.parametrize("name", NIGHTS)
def test_the_night_waits_until_it_is_lifted(name: str, stage: Stage) -> None:
    prepare, work = NIGHTS[name]
    prepare(stage)
    before = everything_kept()

    work(stage)
    assert everything_kept() == before

    stage.lift()
    before = everything_kept()
    work(stage)
    assert everything_kept() != before


# --- nothing is forgotten ------------------------------------------------------------

GOES_ON: Final[Mapping[str, str]] = {
    "closes something, or is the patron's own": (
        "ban end_guardian set_pin_by_link take_back_erasure unlock_pin was_not_told "
        "withdraw_change"
    ),
    "opens the account, as the patron asks: who sees their data is not kept out": (
        "ask_for_pin_link check_pin decide_entry log_in make_pin_link patron_of_link"
    ),
    "brings back the page on which it is lifted": "take_out_of_bin",
    "follows the population register, whose word about protection must not wait": (
        "follow"
    ),
    "asks a person, and writes nothing about the patron": "ask_about_protection",
    "shows what is held; that somebody looked is in the log": (
        "ask_would_enter find_by_identity gather look_up_identity merge_to_undo "
        "note_views pin_lock preview_merge read_log_of requests_of view_as_guardian "
        "view_attempts view_bin view_candidates view_found view_history view_patron "
        "view_protected_address view_queue view_record view_registration "
        "view_requested view_waiting"
    ),
    "registers somebody new, of whom nothing is held": (
        "ask_population_register import_patrons register register_at_desk "
        "register_online"
    ),
    "ends what is of use for minutes only, and holds no data of the register": (
        "forget_pin_links"
    ),
    "keeps the vault in step with what the register holds": "ask_vault reconcile",
    "is about no patron": (
        "add_category add_door add_type change_category change_type remove_door"
    ),
    "is inside the transaction of an action that has asked": (
        "add_note drop_after_commit give_card keep_attempt nobody remember "
        "take_back write_changes write_pin"
    ),
    "asks itself what is tried above by another name": (
        "begin_days_of_told keep_identity write_fields"
    ),
}


def modules() -> Iterator[ModuleType]:
    for package in (of_patrons(), of_entry()):
        for found in pkgutil.iter_modules(package.__path__):
            yield import_module(f"{package.__name__}.{found.name}")


def of_patrons() -> ModuleType:
    return import_module("kortisto.domain.patrons.actions")


def of_entry() -> ModuleType:
    return import_module("kortisto.domain.entry.actions")


def is_action(thing: object, module: ModuleType) -> bool:
    """A public function that is told who acts, or when."""
    if not inspect.isfunction(thing) or thing.__module__ != module.__name__:
        return False
    told = inspect.signature(thing).parameters
    named = {one.name for one in told.values() if one.kind is one.KEYWORD_ONLY}
    return not thing.__name__.startswith("_") and bool(named & {"by", "now"})


def test_every_action_is_in_one_of_the_tables() -> None:
    there = {
        name
        for module in modules()
        for name, thing in vars(module).items()
        if is_action(thing, module)
    }
    reasoned = [name for names in GOES_ON.values() for name in names.split()]
    told = [*REFUSES, *NIGHTS, *reasoned]

    assert there - set(told) == set(), "new: does a restriction of processing stop it?"
    assert set(told) - there == set(), "gone"
    assert len(told) == len(set(told))
