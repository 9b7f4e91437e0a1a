"""Reserve a title: choose the library, and read the place in the queue (HLD-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.idempotency import KeyUsedForAnotherRequest, once
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.catalogue.description.kinds import Material
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_hold import (
    Placed,
    Wish,
    look_and_decide,
    place_hold,
)
from kortisto.domain.circulation.editions import Edition, editions_of
from kortisto.domain.circulation.hold_choices import (
    Volumes,
    pickup_choices,
    volumes_of,
)
from kortisto.domain.circulation.hold_decisions import HoldDecision
from kortisto.domain.circulation.hold_facts import HoldSnapshot
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fulfilment.forecast_facts import facts_of_wish
from kortisto.domain.fulfilment.forecast_words import wait_words
from kortisto.domain.holds.models import HoldBundle
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.holds.queries import last_pickup_of
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.org.tree import Node
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.hits import drawn_cover
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.onward import onward
from kortisto.interfaces.opac.pages.record import gone, public_record
from kortisto.interfaces.opac.refusal_words import in_your_words
from kortisto.interfaces.opac.reserve_form import ReserveForm
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import material_kind, names_now

OK, REFUSED, WRONG, TOO_MANY = 200, 409, 422, 429
MANY: Final = Limit(kind="reserve", failures=100, within=timedelta(hours=1))
LATEST_FIRST: Final = frozenset({Material.MAGAZINE, Material.NEWSPAPER})
DEPENDS_ON_THE_VOLUME: Final = frozenset(
    {Reason.HELD_ALREADY, Reason.HAS_IT_ON_LOAN, Reason.ON_THE_SHELF}
)
OF_THE_PLACE: Final = frozenset(
    {Reason.NOT_PICKED_UP_THERE, HoldReason.NO_PICKUP_THERE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be chosen, and what speaks against it already."""

    libraries: Sequence[Node]
    volumes: Volumes
    editions: Sequence[Edition]
    pickup: int | None  # chosen before anybody chooses
    refusals: Sequence[Refusal]

    @property
    def stops(self) -> list[Refusal]:
        """Reasons that no choice on the form could take away."""
        return [
            refusal
            for refusal in self.refusals
            if not refusal.notice
            and not (self.volumes and refusal.reason in DEPENDS_ON_THE_VOLUME)
        ]


def reserve(request: PatronRequest, record_id: int) -> HttpResponse:
    """The same form sent twice makes one hold; a refusal keeps what was chosen."""
    found = public_record(record_id)
    if found is None:
        return gone(request, record_id)
    now = timezone.now()
    offer = _offer(request, found, now=now)
    if request.method != "POST":
        form = _form(request, offer, localdate(now))
        return _page(request, found, offer, form, now=now)
    form = _form(request, offer, localdate(now), data=request.POST)
    source = str(request.patron_id)
    if waits_until(MANY, source, now=now) is not None:
        form.add_error(None, _("You have placed many holds. Wait for an hour."))
        return _page(request, found, offer, form, now=now, status=TOO_MANY)
    if not form.is_valid():
        return _page(request, found, offer, form, now=now, status=WRONG)
    try:
        hold_id = _placed(request, form, record_id, now=now)
    except Refused as refused:
        against = refused.refusals
        return _page(
            request, found, offer, form, now=now, against=against, status=REFUSED
        )
    except KeyUsedForAnotherRequest:
        form = _anew(request, offer, now)
        return _page(request, found, offer, form, now=now, status=REFUSED)
    count_failure(MANY, source, now=now)
    back = onward(request, form.cleaned_data["back"])
    address = reverse("own_hold", args=[hold_id])
    return Redirect(f"{address}?{urlencode({'back': back})}" if back else address)


def _placed(
    request: PatronRequest, form: ReserveForm, record_id: int, *, now: datetime
) -> int:
    """The id of the hold; of the one that was made when the form came before."""
    wish, others = form.wish(record_id), form.other_editions

    def place() -> dict[str, int]:
        placed = _place(request, wish, others, now=now)
        tell(request, "ok", _("You have reserved {title}.").format(title=placed.title))
        return {"hold": placed.hold_id}

    asked = {
        "patron": request.patron_id,
        "record": record_id,
        "volume": wish.volume,
        "editions": others,
        "pickup": wish.pickup_library_id,
        "stop": wish.stop_id,
        "non_urgent": wish.non_urgent,
        "days": [str(wish.starts_on), str(wish.expires_on)],
    }
    answer = once("reserve", form.cleaned_data["key"], request=asked, do=place)
    return int(answer["hold"])


def _place(
    request: PatronRequest, wish: Wish, others: Sequence[int], *, now: datetime
) -> Placed:
    who, by = request.patron_id, request.actor
    if not others:
        return place_hold(who, wish, by=by, now=now)
    editions = Several(
        kind=HoldBundle.Kind.EDITIONS, record_ids=(wish.record_id, *others)
    )
    return place_bundle(who, wish, editions, by=by, now=now)


def _offer(request: PatronRequest, found: Record, *, now: datetime) -> Offer:
    """What the rules let this patron choose, and what they say to a plain wish."""
    today = localdate(now)
    everywhere = pickup_libraries(today)
    patron = Patron.objects.only("category_id", "home_library_id", "is_protected").get(
        pk=request.patron_id
    )
    asked_at = patron.home_library_id
    if everywhere and asked_at not in {library.id for library in everywhere}:
        asked_at = everywhere[0].id
    try:
        snapshot, decision = _decided(request, found.pk, asked_at, now=now)
    except Refused as refused:
        return Offer(
            libraries=(),
            volumes=Volumes(),
            editions=(),
            pickup=None,
            refusals=refused.refusals,
        )
    libraries = pickup_choices(snapshot, everywhere, today=today)
    if libraries and asked_at not in {library.id for library in libraries}:
        _same, decision = _decided(request, found.pk, libraries[0].id, now=now)
    volumes = volumes_of(found.pk, patron.category_id, today=today)
    if found.material in LATEST_FIRST:
        volumes = Volumes(volumes.names[::-1], required=volumes.required)
    return Offer(
        libraries=libraries,
        volumes=volumes,
        editions=() if volumes else editions_of(found),
        pickup=usual_place(patron, libraries),
        refusals=decision.refusals,
    )


def _decided(
    request: PatronRequest, record_id: int, library_id: int, *, now: datetime
) -> tuple[HoldSnapshot, HoldDecision]:
    wish = Wish(record_id=record_id, pickup_library_id=library_id)
    return look_and_decide(request.patron_id, wish, by=request.actor, now=now)


def usual_place(patron: Patron, libraries: Sequence[Node]) -> int | None:
    """The last one used, or the home library; a protected person's is not told."""
    if patron.is_protected:
        return None
    possible = {library.id for library in libraries}
    usual = (last_pickup_of(patron.pk), patron.home_library_id)
    return next((one for one in usual if one in possible), None)


def _form(
    request: PatronRequest, offer: Offer, today: date, *, data: Any = None
) -> ReserveForm:
    back = onward(request, request.GET.get("back", ""))
    return ReserveForm(
        data,
        libraries=offer.libraries,
        volumes=offer.volumes,
        editions=_named(offer.editions),
        today=today,
        initial={
            "pickup": offer.pickup,
            "back": back,
            "editions": [one.record_id for one in offer.editions if one.alike],
        },
    )


def _named(editions: Sequence[Edition]) -> list[tuple[int, str]]:
    names = names_now()
    return [
        (
            one.record_id,
            " · ".join(
                str(part)
                for part in (one.title, one.year, names.material(one.material))
                if part
            ),
        )
        for one in editions
    ]


def _anew(request: PatronRequest, offer: Offer, now: datetime) -> ReserveForm:
    """What was chosen, as a form that has not been sent yet."""
    data = request.POST.copy()
    data["key"] = str(_form(request, offer, localdate(now))["key"].value())
    form = _form(request, offer, localdate(now), data=data)
    sentence = _(
        "You have reserved this already by this form. If you want another one, send it "
        "again."
    )
    form.add_error(None, sentence)
    return form


def _wait(record_id: int, offer: Offer, *, now: datetime) -> str:
    """How long one would wait who reserves now; of a volume nothing is said."""
    if offer.volumes or not offer.libraries:
        return ""
    pickup = offer.pickup or offer.libraries[0].id
    return wait_words(facts_of_wish(record_id, pickup, now=now))


def _page(
    request: PatronRequest,
    found: Record,
    offer: Offer,
    form: ReserveForm,
    *,
    now: datetime,
    against: Sequence[Refusal] = (),
    status: int = OK,
) -> HttpResponse:
    stops = [in_your_words(refusal) for refusal in against or offer.stops]
    if not stops and not offer.libraries:
        stops = [_("Holds are not picked up at any library now.")]
    for refusal in against:
        if refusal.reason in OF_THE_PLACE:
            form.add_error("pickup", in_your_words(refusal))
    can_choose = bool(offer.libraries) and (bool(against) or not offer.stops)
    kind = material_kind(found.material)
    given = request.POST.get("back", "") or request.GET.get("back", "")
    values = {
        "record": found,
        "material": names_now().material(found.material),
        "kind": kind,
        "cover": drawn_cover(found.title, found.author, kind),
        "form": form,
        "stops": stops,
        "told": [in_your_words(one) for one in offer.refusals if one.notice],
        "forecast": _wait(found.pk, offer, now=now) if can_choose else "",
        "can_choose": can_choose,
        "back": onward(request, given, otherwise=reverse("record", args=[found.pk])),
    }
    return render(request, "opac/reserve.html", values, status=status)
