"""The offline desk: make a workstation ready, take what it did, see to the rest."""

import base64
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import OVERRIDES, Reason
from kortisto.domain.offline import snapshot
from kortisto.domain.offline.actions.making import make_kit
from kortisto.domain.offline.actions.merging import merge, reasons_of, ticket_of
from kortisto.domain.offline.actions.settling import drop, try_again
from kortisto.domain.offline.models import Deed, Kit
from kortisto.domain.offline.rules import NotReadable, read_batch
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, open_page, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.offline_words import words_of_the_desk
from kortisto.interfaces.staff.told import tell

MAY: Final = LendingPermission.WORK_OFFLINE
WORKER: Final = Path(__file__).parents[1] / "static" / "staff" / "offline" / "worker.js"
MODULES: Final = ("desk", "due", "send", "store")
SHARED: Final = ("dom", "live", "sound", "theme")
JSON: Final = "application/json"
LONGEST_BODY: Final = 256 * 1024  # bytes
READ_WITHIN: Final = timedelta(minutes=20)  # after a kit is made, parts are told
SHOWN: Final = 30
TRIES: Final = Limit(kind="offline", failures=20, within=timedelta(minutes=15))
TOO_MANY, BAD, NOT_NOW, NOT_ALLOWED, NOBODY = 429, 400, 409, 403, 401


@require_GET
def offline(request: StaffRequest) -> HttpResponse:
    """What this workstation has, and which others of the library were made ready."""
    kits = (
        Kit.objects.filter(library_id=request.actor.library_id)
        .select_related("workstation")
        .annotate(
            sent=Count("deeds"),
            stuck=Count("deeds", filter=Q(deeds__state=Deed.State.STUCK)),
        )
        .order_by("-pk")[:SHOWN]
    )
    rows = list(kits)
    told = {
        "kits": rows,
        "names": actor_names([kit.made_by for kit in rows]),
        "workstation": request.workstation,
        "urls": _urls(),
        "words": words_of_the_desk(),
        "now": timezone.now(),
    }
    return render(request, "staff/offline.html", told)


def _urls() -> dict[str, Any]:
    names = ("offline_desk", "offline_worker", "offline_session", "offline_merge")
    return {
        "desk": reverse(names[0]),
        "worker": reverse(names[1]),
        "session": reverse(names[2]),
        "merge": reverse(names[3]),
        "kits": reverse("make_offline_kit"),
        "page": reverse("offline"),
        "log_in": reverse("log_in"),
        "modules": [
            *(static(f"staff/offline/{name}.js") for name in MODULES),
            *(static(f"ui/js/{name}.js") for name in SHARED),
        ],
    }


@never_cache
@require_GET
def offline_desk(request: HttpRequest) -> HttpResponse:
    """The desk that works without a connection. It holds nothing of anybody."""
    told = {"urls": _urls(), "words": words_of_the_desk()}
    return render(request, "staff/offline_desk.html", told)


@require_GET
def offline_worker(request: HttpRequest) -> HttpResponse:
    """What the browser runs when a page cannot be fetched. It is for the whole site."""
    del request
    answer = HttpResponse(WORKER.read_text("utf-8"), content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def offline_manifest(request: HttpRequest) -> HttpResponse:
    """How the desk is called and drawn when it is installed as an application."""
    del request
    icon = static("ui/icons/favicon.svg")
    told = {
        "name": _("Kortisto: offline desk"),
        "short_name": _("Offline desk"),
        "start_url": reverse("offline_desk"),
        "scope": "/",
        "display": "standalone",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@never_cache
@require_GET
def offline_session(request: HttpRequest) -> HttpResponse:
    """Whether somebody is logged in who can send, and with which token."""
    staff = getattr(request, "staff", None)
    if staff is None:
        return JsonResponse({"words": _("Log in to send.")}, status=NOBODY)
    return JsonResponse({"who": staff.full_name, "csrf": get_token(request)})


@never_cache
@require_POST
def make_offline_kit(request: StaffRequest) -> HttpResponse:
    """Rules, calendars, and the key of the card hashes, which is told this once."""
    here, now = request.workstation, timezone.now()
    try:
        kit = make_kit(None if here is None else here.pk, by=request.actor, now=now)
    except Refused as refused:
        return JsonResponse({"words": refused.words}, status=NOT_NOW)
    told = {
        "id": kit.pk,
        "ticket": ticket_of(kit),
        "key": base64.b64encode(snapshot.key_of(kit)).decode(),
        "now": now.isoformat(),
        "parts": {
            "items": reverse("offline_items", args=[kit.pk]),
            "cards": reverse("offline_cards", args=[kit.pk]),
        },
        "head": snapshot.head(kit),
    }
    return JsonResponse(told)


@never_cache
@require_POST
def offline_items(request: StaffRequest, kit_id: int) -> HttpResponse:
    """Some of the items of a kit that is just being made here."""
    kit, after = _being_made(request, kit_id)
    part = snapshot.items(kit, after=after, now=timezone.now())
    return JsonResponse(asdict(part))


@never_cache
@require_POST
def offline_cards(request: StaffRequest, kit_id: int) -> HttpResponse:
    """Some of the cards, as hashes."""
    kit, after = _being_made(request, kit_id)
    part = snapshot.cards(kit, after=after, now=timezone.now())
    return JsonResponse(asdict(part))


def _being_made(request: StaffRequest, kit_id: int) -> tuple[Kit, int]:
    """Only the workstation that it is for reads it, and only for a while."""
    here, now = request.workstation, timezone.now()
    rows = Kit.objects.filter(
        library_id=request.actor.library_id, made_at__gt=now - READ_WITHIN
    )
    kit = None if here is None else rows.filter(pk=kit_id, workstation=here).first()
    if kit is None:
        raise Http404
    return kit, whole_number(request.POST.get("after")) or 0


@never_cache
@require_POST
def offline_merge(request: StaffRequest) -> HttpResponse:
    """Take what a desk did without a connection; the answers stand in its order."""
    now, source = timezone.now(), request.actor.label
    if (until := waits_until(TRIES, source, now=now)) is not None:
        minutes = 1 + int((until - now).total_seconds()) // 60
        words = _("Too many wrong tries. Try again in {minutes} minutes.")
        words = words.format(minutes=minutes)
        return JsonResponse({"words": words}, status=TOO_MANY)
    try:
        batch = read_batch(_body(request))
        answers = merge(batch.ticket, batch.work, by=request.actor, now=now)
    except NotReadable:
        count_failure(TRIES, source, now=now)
        words = _("What was sent is not the work of an offline desk. Nothing was done.")
        return JsonResponse({"words": words}, status=BAD)
    except Refused as refused:
        count_failure(TRIES, source, now=now)
        return JsonResponse({"words": refused.words, "refused": True}, status=NOT_NOW)
    except NotPermitted as denied:
        words = _("You may not send it: it needs the permission “{permission}”.")
        words = words.format(permission=denied.permission.label)
        return JsonResponse({"words": words}, status=NOT_ALLOWED)
    return JsonResponse({"answers": [asdict(answer) for answer in answers]})


def _body(request: HttpRequest) -> object:
    """Raises NotReadable for what is no JSON, or too long."""
    if request.content_type != JSON or len(request.body) > LONGEST_BODY:
        raise NotReadable
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as nothing:
        raise NotReadable from nothing


@never_cache
@require_GET
def offline_conflict(request: StaffRequest, deed_id: int) -> HttpResponse:
    """One thing that could not be recorded: why, and what can be done about it."""
    deed = _deed(request, deed_id)
    return render(request, "staff/offline_conflict.html", _about(request, deed))


def _about(request: StaffRequest, deed: Deed) -> dict[str, Any]:
    reasons = [
        (code, sentence, _may_set_aside(request, code, deed))
        for code, sentence in reasons_of(deed)
    ]
    sees = request.actor.may(PatronPermission.SEE)
    return {
        "deed": deed,
        "reasons": reasons,
        "library": organisation().name(deed.kit.library_id),
        "open": deed.state == Deed.State.STUCK,
        "patron_id": deed.patron_id if sees else None,
        "card": deed.card if sees or deed.patron_id is None else "",
        "names": actor_names([deed.received_by, deed.ended_by]),
    }


def _may_set_aside(request: StaffRequest, code: str, deed: Deed) -> bool:
    """Whether it is worth offering; the action decides, by the library's settings."""
    known = {reason.value: needed for reason, needed in OVERRIDES.items()}
    if code not in {reason.value for reason in Reason}:
        return False
    needed = known.get(code, LendingPermission.OVERRIDE_ITEM)
    return request.actor.may(needed, at=deed.kit.library_id)


def _deed(request: StaffRequest, deed_id: int) -> Deed:
    rows = Deed.objects.select_related("kit__workstation")
    deed = get_object_or_404(rows, pk=deed_id)
    request.actor.require(LendingPermission.LEND, at=deed.kit.library_id)
    return deed


@require_POST
def end_offline_conflict(request: StaffRequest, deed_id: int) -> HttpResponse:
    """Record it after all, or leave it; back to the tasks when it has ended."""
    deed, now = _deed(request, deed_id), timezone.now()
    try:
        if request.POST.get("how") == "drop":
            drop(deed.pk, by=request.actor, now=now)
            tell(request, _("It was left unrecorded."))
        else:
            aside = request.POST.getlist("override")
            try_again(deed.pk, by=request.actor, now=now, overriding=aside)
            tell(request, _("It was recorded at its own time."))
    except Refused as refused:
        tell(request, refused.words, kind="attention")
        return redirect("offline_conflict", deed_id=deed.pk)
    return redirect("errands")


urlpatterns = [
    page("offline/", offline, needs=MAY),
    open_page("offline/desk/", offline_desk),
    open_page("offline/worker.js", offline_worker),
    open_page("offline/manifest.webmanifest", offline_manifest),
    open_page("offline/session/", offline_session),
    page("offline/kits/", make_offline_kit, needs=MAY),
    page("offline/kits/<int:kit_id>/items/", offline_items, needs=MAY),
    page("offline/kits/<int:kit_id>/cards/", offline_cards, needs=MAY),
    page("offline/merge/", offline_merge, needs=MAY, somewhere=True),
    page(
        "offline/conflicts/<int:deed_id>/",
        offline_conflict,
        needs=LendingPermission.LEND,
        somewhere=True,
    ),
    page(
        "offline/conflicts/<int:deed_id>/end/",
        end_offline_conflict,
        needs=LendingPermission.LEND,
        somewhere=True,
    ),
]
