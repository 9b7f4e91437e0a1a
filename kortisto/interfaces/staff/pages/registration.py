"""Register a patron: one page, and the small answers that it asks for while typing."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.refusals import Refusal
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.pin import pin_terms
from kortisto.domain.patrons.actions.register_at_desk import (
    IdentityRefused,
    register_at_desk,
)
from kortisto.domain.patrons.actions.viewing import view_candidates, view_record
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.pins import generated
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import PatronChoice, candidates, choices_of
from kortisto.interfaces.staff.message_matrix import (
    columns,
    days_in,
    message_rows,
    ticks_in,
    why_not,
)
from kortisto.interfaces.staff.registration_form import (
    ADDRESS,
    CHOSEN,
    COPIED,
    NEEDS,
    PICKED,
    RegistrationForm,
)
from kortisto.interfaces.staff.told import tell
from kortisto.interfaces.staff.told_of_code import told_of_code

MOST_GUARDIANS: Final = 8  # in the list to choose from
LONGEST: Final = 200  # characters of a search


@never_cache
@require_http_methods(["GET", "POST"])
def register_patron(request: StaffRequest) -> HttpResponse:
    """Register somebody new; what was typed stays when something is wrong."""
    if request.method != "POST":
        return _page(request, _form(request, initial=_initial(request)))
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _page(request, form)
    confirmed = request.POST.getlist("override")
    try:
        made = register_at_desk(
            form.new_patron(),
            form.identity(),
            by=request.actor,
            now=timezone.now(),
            confirmed=confirmed,
            of_guardian=form.identity_of_guardian(),
        )
    except IdentityRefused as refused:
        form.show_identity(refused)
        return _page(request, form, existing=_existing(refused.refusals))
    except Unfit as unfit:
        asked = form.show_why(unfit.refusals)
        return _page(request, form, asked=asked, confirmed=confirmed)
    tell(request, _("The patron has been registered."))
    if made.given is not None:
        tell(request, made.given.sentence)
    return redirect("patron", patron_id=made.patron.pk)


@never_cache
@require_POST
def register_identity(request: StaffRequest) -> HttpResponse:
    """Whose a code is, before anything is kept. It is in no address and no log."""
    prefix = "guardian_" if request.POST.get("of") == "guardian" else ""
    code = request.POST.get(f"{prefix}identity_code", "")
    told = None
    if code.strip():
        old = f"{prefix}born_in_1800s" in request.POST
        told = told_of_code(
            code,
            prefix=prefix,
            category=request.POST.get("category", ""),
            born_in_1800s=old,
            by=request.actor,
            now=timezone.now(),
        )
    values = {"told": told, "fill": "" if told is None else json.dumps(told.fill)}
    return render(request, "staff/_identity_told.html", values)


@never_cache
@require_POST
def register_guardians(request: StaffRequest) -> HttpResponse:
    """Patrons to choose a guardian from; each who is listed has been looked at."""
    text = _typed(request.POST.get("guardian_search", ""))
    found = (
        candidates(text, by=request.actor, now=timezone.now(), most=MOST_GUARDIANS)
        if text
        else None
    )
    return render(request, "staff/_guardian_choices.html", {"people": found})


@never_cache
@require_POST
def register_family(request: StaffRequest) -> HttpResponse:
    """The address of the guardian who was picked, for the form (PAT-11)."""
    picked = request.POST.get("guardian_id", "")
    guardian = _of_family(request, picked) if picked.isdigit() else None
    values = {"guardian": guardian, "fill": json.dumps(_address_of(guardian))}
    return render(request, "staff/_guardian_picked.html", values)


@never_cache
@require_POST
def register_same(request: StaffRequest) -> HttpResponse:
    """Patrons with the name that has been typed: it may be one of them (PAT-6)."""
    names = [_typed(request.POST.get(n, "")) for n in ("surname", "first_names")]
    people: Sequence[PatronChoice] = ()
    if all(names):
        found = view_candidates(" ".join(names), by=request.actor, now=timezone.now())
        born_in = request.POST.get("born_on", "")[:4]
        alike = [
            one
            for one in found
            if not born_in or one.born_year is None or str(one.born_year) == born_in
        ]
        people = choices_of(alike[:MOST_GUARDIANS])
    return render(request, "staff/_same_people.html", {"people": people})


@never_cache
@require_POST
def register_pin(request: StaffRequest) -> HttpResponse:
    """A PIN that is not easy to guess, for the field."""
    category = PatronCategory.objects.filter(code=request.POST.get("category", ""))
    chosen = category.first() or PatronCategory.objects.order_by("pk").first()
    assert request.actor.library_id is not None  # noqa: S101 - pages need a library
    pin = ""
    if chosen is not None:
        pin = generated(pin_terms(chosen, request.actor.library_id))
    return render(request, "staff/_pin_made.html", {"fill": json.dumps({"pin": pin})})


def _form(
    request: StaffRequest,
    *,
    data: QueryDict | None = None,
    initial: Mapping[str, Any] | None = None,
) -> RegistrationForm:
    today = timezone.localdate()
    return RegistrationForm(
        data,
        categories=list(_categories(request)),
        libraries=[(each.id, each.name) for each in organisation().libraries(on=today)],
        initial=initial,
    )


def _page(
    request: StaffRequest,
    form: RegistrationForm,
    *,
    asked: Sequence[Refusal] = (),
    confirmed: Sequence[str] = (),
    existing: int | None = None,
) -> HttpResponse:
    chosen = form["messages"].value() == CHOSEN
    reach = form.reach()
    ticks = ticks_in(request.POST) if request.method == "POST" else set()
    wrong = bool(form.errors or asked)
    values = {
        "form": form,
        "parts": form.parts,
        "parts_json": json.dumps(form.parts_by_category()),
        "ways": columns(),
        "rows": message_rows(ticks, days=days_in(request.POST), reach=reach),
        "impossible": why_not(reach),
        "needs": json.dumps(NEEDS),
        "chosen_messages": chosen,
        "guardian_how": form["guardian_how"].value() or PICKED,
        "guardian": _picked(request, form),
        "asked": asked,
        "same": _same(asked),
        "confirmed": confirmed,
        "existing": existing,
        "actor": request.actor,
        "code_is_good": bool(form["identity_code"].value())
        and form.is_bound
        and not form["identity_code"].errors,
        "guardian_code_is_good": bool(form["guardian_identity_code"].value())
        and form.is_bound
        and not form["guardian_identity_code"].errors,
    }
    status = 422 if wrong else 200
    return render(request, "staff/registration.html", values, status=status)


# --- where a form begins ---------------------------------------------------------


def _initial(request: StaffRequest) -> dict[str, Any]:
    """``?guardian=``: a dependant of that patron; ``?copy=``: of the same family."""
    begun: dict[str, Any] = {
        "home_library": request.actor.library_id,
        "card_number": request.GET.get("card", "")[:LONGEST],
        "category": _first_category(request, "person"),
        "language": "fi",
    }
    for name, kind in (("guardian", "dependant"), ("copy", "person")):
        wanted = request.GET.get(name, "")
        other = _of_family(request, wanted) if wanted.isdigit() else None
        if other is None:
            continue
        begun |= {**_address_of(other), "surname": other.surname}
        begun |= {
            "category": _first_category(request, kind),
            "language": other.language,
        }
        if not other.is_protected:  # where the library is tells where somebody lives
            begun["home_library"] = other.home_library_id
        if name == "guardian":
            begun |= {"guardian_how": PICKED, "guardian_id": other.pk}
        else:
            reach = ("phone", "second_phone", "email", "second_email")
            begun |= {each: getattr(other, each) for each in reach}
            begun |= {f"copied_{each}": getattr(other, each) for each in COPIED}
    return begun


def _categories(request: StaffRequest) -> "QuerySet[PatronCategory]":
    """Those that patrons of the library at work may be in."""
    assert request.actor.library_id is not None  # noqa: S101 - pages need a library
    return used_at(request.actor.library_id)


def _first_category(request: StaffRequest, kind: str) -> str:
    rows = _categories(request).filter(kind=kind)
    return rows.values_list("code", flat=True).first() or ""


def _of_family(request: StaffRequest, wanted: str) -> Patron | None:
    """A patron whose data is copied into a form; the look is logged."""
    try:
        record = view_record(
            int(wanted), by=request.actor, now=timezone.now(), page="registration"
        )
    except (Patron.DoesNotExist, OverflowError):
        return None
    return record.patron


def _address_of(patron: Patron | None) -> dict[str, str]:
    """What may be copied: a protected address is shown to nobody without a reason."""
    if patron is None or patron.is_protected:
        return {}
    held = {name: getattr(patron, name) for name in ADDRESS}
    return {name: value for name, value in held.items() if value}


def _picked(request: StaffRequest, form: RegistrationForm) -> Patron | None:
    """The guardian who is picked already, for the page that is shown again."""
    value = str(form["guardian_id"].value() or "")
    return _of_family(request, value) if value.isdigit() else None


# --- who may be meant ------------------------------------------------------------


def _existing(refusals: Sequence[Refusal]) -> int | None:
    """The patron who has the code that was typed."""
    found = [each.facts.get("patron_id") for each in refusals]
    return next((one for one in found if isinstance(one, int)), None)


def _same(asked: Sequence[Refusal]) -> list[int]:
    """Patrons of the same name and birth date, to be looked at first."""
    ids: list[int] = []
    for each in asked:
        told = each.facts.get("patron_ids")
        ids += told if isinstance(told, list) else []
    return ids


def _typed(text: str) -> str:
    try:
        return tidy(text)[:LONGEST]
    except ControlCharacters:
        return ""


EDIT: Final = PatronPermission.EDIT

urlpatterns = [
    page("patrons/new/", register_patron, needs=EDIT, name="register"),
    page("patrons/new/identity/", register_identity, needs=EDIT),
    page("patrons/new/guardians/", register_guardians, needs=EDIT),
    page("patrons/new/family/", register_family, needs=EDIT),
    page("patrons/new/same/", register_same, needs=EDIT),
    page("patrons/new/pin/", register_pin, needs=EDIT),
]
