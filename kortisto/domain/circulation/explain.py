"""Say in words why a loan is due when it is, from the trace kept with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kortisto.core.days import written
from kortisto.core.money import euros
from kortisto.core.names import in_language
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.explain import row_label


@dataclass(frozen=True, slots=True)
class Why:
    """One sentence of an explanation, and the rule row it rests on, in words."""

    sentence: str
    source: str = ""


def why_due(trace: dict[str, Any]) -> list[Why]:
    """The steps to a due date, each with where its value came from."""
    if not trace:
        return [Why(_("The loan was brought from an earlier system."))]
    steps = [_step(step, trace) for step in trace.get("steps", [])]
    library_id = trace.get("library")
    told = [why for why in steps if why is not None]
    if library_id is not None:
        sentence = _("The rules and the calendar are those of {library}.").format(
            library=organisation().name(library_id)
        )
        version = _("Rules, version {number}").format(number=trace.get("version"))
        told.append(Why(sentence, version))
    return told


def _step(step: list[Any], trace: dict[str, Any]) -> Why | None:
    name, *values = step
    tell = SENTENCES.get(name)
    return None if tell is None else tell(values, trace)


def _start(values: list[Any], _trace: dict[str, Any]) -> Why:
    day = date.fromisoformat(values[0][:10])
    return Why(_("Counted from {day}.").format(day=written(day)))


def _period(values: list[Any], trace: dict[str, Any]) -> Why:
    (days,) = values
    sentence = ngettext(
        "The loan period is {days} day.", "The loan period is {days} days.", days
    ).format(days=days)
    return Why(sentence, _source(trace, "loan_period"))


def _hours(values: list[Any], trace: dict[str, Any]) -> Why:
    (hours,) = values
    sentence = ngettext(
        "The loan period is {hours} hour.", "The loan period is {hours} hours.", hours
    ).format(hours=hours)
    return Why(sentence, _source(trace, "loan_period"))


def _open_days(values: list[Any], trace: dict[str, Any]) -> Why:
    (days,) = values
    sentence = _("The loan period is {days} days on which the library is open.")
    return Why(sentence.format(days=days), _source(trace, "closed_days"))


def _short(values: list[Any], trace: dict[str, Any]) -> Why:
    (days,) = values
    sentence = _("Others wait for the title, so the loan period is {days} days.")
    return Why(sentence.format(days=days), _source(trace, "short_loan_days"))


def _fixed(values: list[Any], trace: dict[str, Any]) -> Why:
    sentence = _("There is a fixed due date, {day}.")
    day = date.fromisoformat(values[0])
    return Why(sentence.format(day=written(day)), _source(trace, "hard_due_on"))


def _closed(values: list[Any], trace: dict[str, Any]) -> Why:
    day, names = date.fromisoformat(values[0]), values[1]
    name = in_language(names) if names else ""
    if name:
        sentence = _("The library is closed on {day}: {name}.")
    else:
        sentence = _("The library is closed on {day}.")
    told = sentence.format(day=written(day), name=name)
    return Why(told, _source(trace, "closed_days"))


def _chosen(values: list[Any], _trace: dict[str, Any]) -> Why:
    day = date.fromisoformat(values[0])
    return Why(_("Staff chose the due date {day}.").format(day=written(day)))


def _moved(values: list[Any], _trace: dict[str, Any]) -> Why:
    before, day = (date.fromisoformat(value) for value in values[:2])
    sentence = _("The library moved the due date from {before} to {day}.")
    return Why(sentence.format(before=written(before), day=written(day)))


def _recalled(values: list[Any], trace: dict[str, Any]) -> Why:
    on, before = (date.fromisoformat(value) for value in values[:2])
    sentence = _("It was recalled on {day} for somebody else; it was due on {before}.")
    told = sentence.format(day=written(on), before=written(before))
    return Why(told, _source(trace, "recall_days"))


def _closing(values: list[Any], trace: dict[str, Any]) -> Why:
    at = localtime(datetime.fromisoformat(values[0]))
    sentence = _("The library closes at {time}.").format(time=at.strftime("%-H.%M"))
    return Why(sentence, _source(trace, "closed_days"))


def _due(values: list[Any], _trace: dict[str, Any]) -> Why:
    if len(values[0]) > len("2026-11-23"):
        at = localtime(datetime.fromisoformat(values[0]))
        moment = at.strftime("%-d.%-m.%Y %-H.%M")
        return Why(_("So it is due on {day}.").format(day=moment))
    day = date.fromisoformat(values[0])
    return Why(_("So it is due on {day}.").format(day=written(day)))


def _never_open(values: list[Any], trace: dict[str, Any]) -> Why:
    day = date.fromisoformat(values[0])
    sentence = _("The library has no open day in sight, so {day} stays.")
    return Why(sentence.format(day=written(day)), _source(trace, "closed_days"))


SENTENCES: dict[str, Callable[[list[Any], dict[str, Any]], Why]] = {
    "start": _start,
    "period": _period,
    "hours": _hours,
    "open-days": _open_days,
    "short": _short,
    "fixed": _fixed,
    "closed": _closed,
    "never-open": _never_open,
    "chosen": _chosen,
    "moved": _moved,
    "recalled": _recalled,
    "closing-time": _closing,
    "due": _due,
}


def _source(trace: dict[str, Any], parameter: str) -> str:
    """The rule row that gave a value, in words."""
    found = trace.get("rules", {}).get(parameter)
    if not found or found[1] is None:
        return _("Default of the system")
    return row_label(found[1])


def why_refused(refusal: Refusal) -> list[Why]:
    """What a refusal weighed, and where its limit was decided; empty: nothing more."""
    counted = COUNTED.get(refusal.reason)
    if counted is None:
        return []
    limit = _("A sum of more than {limit} bars borrowing.")
    return [
        Why(str(counted).format(**refusal.facts), _("Unpaid public-law charges")),
        Why(
            limit.format(limit=refusal.facts["limit"]),
            _("Patron category")
            if refusal.facts["decided_by"] == "category"
            else _("Setting of the library"),
        ),
    ]


COUNTED: Mapping[str, Promise] = {
    Reason.OWES_TOO_MUCH: gettext_lazy("The patron owes {owed}."),
    Reason.DEPENDANTS_OWE: gettext_lazy(
        "Those whom the patron answers for owe {owed} together."
    ),
    Reason.GUARDIANS_OWE: gettext_lazy(
        "Those who answer for the patron owe {owed} together."
    ),
}


TAKEN_OFF: Mapping[str, Promise] = {
    "lost": gettext_lazy("No fine: the item was lost."),
    "voided": gettext_lazy("Nothing is owed: the loan was made to the wrong person."),
    "claimed": gettext_lazy("No fine while the library looks for the item."),
    "found": gettext_lazy("No fine: the item was found in the library."),
    "brought": gettext_lazy("No fine: the item was looked for meanwhile."),
}


def _why_replacement(trace: dict[str, Any]) -> list[Why]:
    """What something lost or damaged costs, and what the find has changed."""
    cents, price = trace["replacement"], trace["price"]
    if price is None:
        told = [Why(_("Staff set the sum: the item has no price."))]
    elif price == cents:
        told = [
            Why(
                _("The replacement price of the item is {price}.").format(
                    price=euros(price)
                )
            )
        ]
    else:
        sentence = _("Staff set the sum; the price of the item is {price}.")
        told = [Why(sentence.format(price=euros(price)))]
    if "found" in trace:
        day = written(date.fromisoformat(trace["found"]))
        sentence = _("The item was found on {day}: nothing is owed for it.")
        told.append(Why(sentence.format(day=day)))
    return told


def why_fine(trace: dict[str, Any]) -> list[Why]:
    """How an overdue fine was counted: "12 days x 0,20 €, at most 6,00 €"."""
    if not trace:
        return []
    if "replacement" in trace:
        return _why_replacement(trace)
    if "taken_off" in trace:
        return [Why(str(TAKEN_OFF[trace["taken_off"]]))]
    told = [
        Why(
            _("{days} days overdue, {each} for each {every} days.").format(
                days=trace["days"],
                each=euros(trace["cents_each"]),
                every=trace["every_days"],
            )
            if trace["every_days"] > 1
            else _("{days} days overdue, {each} a day.").format(
                days=trace["days"], each=euros(trace["cents_each"])
            )
        )
    ]
    if trace["closed_days_left_out"]:
        left_out = trace["closed_days_left_out"]
        told.append(
            Why(
                ngettext(
                    "{days} closed day is not counted.",
                    "{days} closed days are not counted.",
                    left_out,
                ).format(days=left_out)
            )
        )
    if trace["grace_days"]:
        told.append(
            Why(_("There are {days} days of grace.").format(days=trace["grace_days"]))
        )
    if trace["cap_cents"] is not None:
        cap = euros(trace["cap_cents"])
        told.append(Why(_("The fine is never more than {cap}.").format(cap=cap)))
    if trace.get("claimed"):
        told.append(
            Why(_("No day counts after it was said not to be with the patron."))
        )
    return told
