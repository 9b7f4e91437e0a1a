"""Items: everything about one, change it, add one."""

from datetime import datetime
from typing import Any, Final, cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.acquired import year_acquired
from kortisto.domain.catalogue.actions.items import add_item as add
from kortisto.domain.catalogue.actions.items import change_item as change
from kortisto.domain.catalogue.item_changes import (
    STATUSES,
    ItemChanges,
    NewItem,
)
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.actions.in_house import uses_of
from kortisto.domain.circulation.actions.losing import mark_item
from kortisto.domain.circulation.losses import Mark
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import statuses
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import FIELD_WORDS, CodeNames
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.item_forms import ItemForm, initial_of
from kortisto.interfaces.staff.loss_forms import MarkForm
from kortisto.interfaces.staff.pages.titles import status_row
from kortisto.interfaces.staff.paging import Trail
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import day, moment, money

LOANS: Final = 25
OLD_STOCK_ON: Final = "old_stock_on"  # in the session: day of the last old item
SEE: Final = CataloguePermission.SEE
MARK: Final = LendingPermission.MARK_ITEMS
EDIT: Final = CataloguePermission.EDIT_ITEMS


@never_cache
@require_GET
def item(request: StaffRequest, item_id: int) -> HttpResponse:
    """Every column, the derived state, and the loans; persons by permission only."""
    found = _item(item_id)
    now = statuses([status_row(found)])[found.pk]
    names = CodeNames()
    trail = Trail.of(request)
    loans = Loan.objects.filter(item=found).select_related("library").order_by("-pk")
    if trail.last is not None:
        loans = loans.filter(pk__lt=trail.last)
    rows = list(loans[: LOANS + 1])
    more = rows[LOANS - 1].pk if len(rows) > LOANS else None
    return render(
        request,
        "staff/item.html",
        {
            "item": found,
            "status": now,
            "towards": organisation().name(now.towards_id),
            "item_statuses": _statuses(found, names),
            "facts": _place(found, names),
            "numbers": _numbers(found),
            "loans": rows[:LOANS],
            "loan": next((row for row in rows if row.returned_at is None), None),
            "borrower": request.actor.may(PatronPermission.SEE_HISTORY),
            "marking": MarkForm(item=found, is_lent=now.state == "on-loan")
            if request.actor.may(MARK)
            else None,
            "may_edit": request.actor.may(EDIT, at=found.home_library_id),
            "pages": trail.pages(request, next_key=more),
        },
    )


@require_POST
def mark(request: StaffRequest, item_id: int) -> HttpResponse:
    """Missing, to be searched for, damaged, or in order again."""
    _item(item_id)
    try:
        chosen = Mark(request.POST.get("mark", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    try:
        mark_item(item_id, chosen, by=request.actor, now=timezone.now())
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="stop")
    else:
        tell(request, _("Noted: {mark}.").format(mark=chosen.label))
    return redirect("item", item_id=item_id)


@never_cache
@require_http_methods(["GET", "POST"])
def edit_item(request: StaffRequest, item_id: int) -> HttpResponse:
    """Change an item; refused when somebody else has changed it meanwhile."""
    found = _item(item_id)
    request.actor.require(EDIT, at=found.home_library_id)
    form = ItemForm(request.POST or None, item=found, initial=initial_of(found))
    if form.is_valid():
        seen = _moment(form.cleaned_data["changed_at"])
        try:
            change(
                item_id,
                cast("ItemChanges", form.values),
                by=request.actor,
                now=timezone.now(),
                unchanged_since=seen,
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The item was saved."))
            return redirect("item", item_id=item_id)
    told = {
        "form": form,
        "heading": _("Change item {barcode}").format(barcode=found.barcode),
        "intro": found.record.title,
        "save": _("Save"),
        "back": reverse("item", args=[item_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def add_item(request: StaffRequest, record_id: int) -> HttpResponse:
    """Add an item to a title."""
    record = get_object_or_404(Record.objects.defer("marc"), pk=record_id)
    now = timezone.now()
    start = {
        "home_library_id": request.actor.library_id,
        "parts": 1,
        "old_stock": _goes_on_with_old(request, now),
    }
    form = ItemForm(request.POST or None, item=None, initial=start)
    if form.is_valid():
        values = cast("NewItem", form.values)
        try:
            made = add(record_id, values, by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            request.session[OLD_STOCK_ON] = _day_of_old(made, now)
            tell(request, _("The item was added."))
            return redirect("item", item_id=made.pk)
    told = {
        "form": form,
        "heading": _("Add an item"),
        "intro": record.title,
        "save": _("Add"),
        "back": reverse("title", args=[record_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


def _goes_on_with_old(request: StaffRequest, now: datetime) -> bool:
    """Whether the last item that was added today in this session was old stock."""
    return bool(request.session.get(OLD_STOCK_ON) == localdate(now).isoformat())


def _day_of_old(made: Item, now: datetime) -> str:
    """For the session: until midnight, so that no new item goes uncounted."""
    return localdate(now).isoformat() if made.old_stock else ""


def _item(item_id: int) -> Item:
    related = ("record", "home_library", "library", "item_type")
    found = Item.objects.select_related(*related).defer("record__marc")
    try:
        return found.get(pk=item_id)
    except Item.DoesNotExist as missing:
        raise Http404 from missing


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _statuses(found: Item, names: CodeNames) -> list[tuple[str, str, Any]]:
    told = []
    for name in STATUSES:
        code = getattr(found, name)
        coded, label = FIELD_WORDS[name]
        if code:
            told.append((str(label), names(coded, code), getattr(found, f"{name}_at")))
    return told


def _place(found: Item, names: CodeNames) -> list[tuple[str, str]]:
    coded = [
        (str(FIELD_WORDS[name][1]), names(FIELD_WORDS[name][0], getattr(found, name)))
        for name in ("location", "sub_location", "collection")
    ]
    facts = [
        (_("Home library"), found.home_library.name),
        (_("Now in"), found.library.name),
        *coded,
        (_("Call number"), found.call_number),
        (_("Issue"), found.enumchron),
        (_("Copy"), found.copy_number),
        (_("Note for everybody"), found.public_note),
        (_("Note for staff"), found.staff_note),
    ]
    return [(label, text) for label, text in facts if text]


def _numbers(found: Item) -> list[tuple[str, str]]:
    price, replacement = found.price_cents, found.replacement_price_cents
    acquired, seen = found.acquired_on, found.last_seen_at
    facts = [
        (_("Type"), found.item_type.name),
        (_("Parts to count"), " · ".join(filter(None, _parts(found)))),
        (_("Acquired on"), "" if acquired is None else day(acquired)),
        (_("Statistics of acquisitions"), _counted(found)),
        (_("Acquired from"), found.acquired_from),
        (_("Price"), "" if price is None else money(price)),
        (_("Replacement price"), "" if replacement is None else money(replacement)),
        (_("Last seen"), "" if seen is None else moment(seen)),
        (_("Used in the library"), str(uses_of(found.pk) or "")),
        (_("Loans before this system"), str(found.earlier_loans or "")),
        (_("Address"), found.uri),
        (_("Added"), moment(found.created_at)),
        (_("Changed"), moment(found.changed_at)),
    ]
    more = [(f"952 ‡{code}", str(value)) for code, value in found.extra.items()]
    return [(label, text) for label, text in (*facts, *more) if text]


def _counted(found: Item) -> str:
    """Which year's acquisition it is, or why it is none."""
    year = year_acquired(found)
    if year is not None:
        return _("counted in {year}").format(year=year)
    return (
        _("not counted: an old item")
        if found.old_stock
        else _("not counted: the day is not known")
    )


def _parts(found: Item) -> tuple[str, str]:
    return (str(found.parts) if found.parts > 1 else "", found.parts_note)


urlpatterns = [
    page("items/<int:item_id>/", item, needs=SEE),
    page("items/<int:item_id>/mark/", mark, needs=MARK, name="mark_item"),
    page("items/<int:item_id>/edit/", edit_item, needs=EDIT, somewhere=True),
    page("titles/<int:record_id>/items/new/", add_item, needs=EDIT, somewhere=True),
]
