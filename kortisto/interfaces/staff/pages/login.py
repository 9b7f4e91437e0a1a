"""Log in and out, stay, and the language: all that stands before the work."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.demo_notes import has_notes
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions import login
from kortisto.domain.org.actions.staff import change_staff
from kortisto.domain.org.models import Staff
from kortisto.domain.org.passwords import enrolment_uri, new_secret
from kortisto.domain.org.ports import staff_sign_in
from kortisto.domain.org.queries import (
    has_second_factor,
    may_work_at,
    needs_second_factor,
)
from kortisto.interfaces.staff.access import (
    StaffRequest,
    open_page,
    page_for_all_staff,
)
from kortisto.interfaces.staff.forms import (
    CodeForm,
    LanguageForm,
    LogInForm,
    add_refusals,
)
from kortisto.interfaces.staff.middleware import (
    DESK,
    EPOCH,
    LIBRARY,
    PASSKEYS,
    STAFF,
    keep_open,
    lock,
)
from kortisto.interfaces.staff.qr import qr_drawing
from kortisto.interfaces.staff.told import take_notes

PENDING: Final = "log_in"  # session key: the password was right, the code is missing
ENROLLING: Final = "new_secret"  # session key
PENDING_FOR: Final = timedelta(minutes=10)


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """User name and password. The answer to a wrong one does not say which it was."""
    locked: Staff | None = getattr(request, "locked_staff", None)
    start = (
        {"username": locked.username} if locked and not request.GET.get("other") else {}
    )
    form = LogInForm(request.POST if request.method == "POST" else None, initial=start)
    if start:
        form.fields["username"].widget.attrs.pop("autofocus")
        form.fields["password"].widget.attrs["autofocus"] = True
    now = timezone.now()
    if form.is_valid():
        try:
            person = login.check_password(
                form.cleaned_data["username"], form.cleaned_data["password"], now=now
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            return after_first_step(request, person, then=next_of(request), now=now)
    status = 422 if form.errors else 200
    told = {
        "form": form,
        "next": next_of(request),
        "locked": locked,
        "services": staff_sign_in().services(),
        "messages": take_notes(request),
        "is_demo": has_notes(Path(settings.DATA_DIR)),
    }
    return render(request, "staff/log_in.html", told, status=status)


def after_first_step(
    request: HttpRequest,
    person: Staff,
    *,
    then: str,
    now: datetime,
    strong: bool = False,
) -> HttpResponse:
    """What follows a right password, or a log-in at the municipality.

    ``strong``: a second factor has been asked for there, so we do not ask again.
    """
    locked: Staff | None = getattr(request, "locked_staff", None)
    if locked is not None and locked.pk == person.pk:
        unlock_session(request, person, now=now)
        return HttpResponseRedirect(then)
    enrolled = has_second_factor(person)
    needed = enrolled or needs_second_factor(person.pk, timezone.localdate(now))
    if strong or not needed:
        return welcome(request, person, now=now, then=then)
    place = _place_of_locked(request)
    request.session.flush()
    request.session[PENDING] = {
        "staff_id": person.pk,
        "at": now.isoformat(),
        "next": then,
        "place": place,
    }
    return redirect("second_factor" if enrolled else "enrolment")


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator or a passkey, after the password."""
    now = timezone.now()
    person = pending(request, now=now)
    if person is None:
        return redirect("log_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            login.verify_second_factor(person, form.cleaned_data["code"], now=now)
        except Refused as refused:
            add_refusals(form, refused, "code")
        else:
            return welcome(request, person, now=now, then=pending_next(request))
    status = 422 if form.errors else 200
    told = {
        "form": form if person.totp_secret else None,
        "has_passkeys": person.passkeys.exists(),
    }
    return render(request, "staff/second_factor.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def enrolment(request: HttpRequest) -> HttpResponse:
    """Set up a second factor; the secret is stored when a code has proved it."""
    now = timezone.now()
    person = pending(request, now=now)
    if person is None or has_second_factor(person):
        return redirect("log_in")
    secret = request.session.get(ENROLLING) or new_secret()
    request.session[ENROLLING] = secret
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor = Actor(kind=ActorKind.STAFF, id=person.pk)
        code = form.cleaned_data["code"]
        try:
            login.enrol_second_factor(person.pk, secret, code=code, by=actor, now=now)
        except Refused as refused:
            add_refusals(form, refused, "code")
        else:
            return welcome(request, person, now=now, then=pending_next(request))
    told: dict[str, Any] = {
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": qr_drawing(enrolment_uri(secret, person.username)),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/enrolment.html", told, status=status)


def pending(request: HttpRequest, *, now: datetime) -> Staff | None:
    """Who has given the right password within the last ten minutes."""
    kept = request.session.get(PENDING)
    if kept is None or now - datetime.fromisoformat(kept["at"]) > PENDING_FOR:
        return None
    return Staff.objects.filter(pk=kept["staff_id"], is_active=True).first()


def pending_next(request: HttpRequest) -> str:
    return str(request.session[PENDING]["next"])


def welcome(
    request: HttpRequest, person: Staff, *, now: datetime, then: str
) -> HttpResponse:
    """A new session, empty of what another person has left; then: where to work.

    At a desk that was locked the next person goes on in the same library.
    """
    kept = request.session.get(PENDING) or {"place": _place_of_locked(request)}
    library_id, desk_id = kept["place"]
    request.session.flush()
    person.refresh_from_db(fields=["session_epoch"])
    today = timezone.localdate(now)
    login.logged_in(person, person.last_library_id, today=today, now=now)
    request.session[STAFF] = person.pk
    request.session[EPOCH] = person.session_epoch
    request.session[PASSKEYS] = person.passkeys.exists()
    keep_open(request, person.pk, now=now)
    if library_id in {node.id for node in may_work_at(person.pk, today)}:
        request.session[LIBRARY], request.session[DESK] = library_id, desk_id
        login.work_at(person.pk, library_id)
        return redirect("front")
    return HttpResponseRedirect(reverse("workplace", query={"next": then}))


def _place_of_locked(request: HttpRequest) -> tuple[int | None, int | None]:
    """The library and the desk of the session that somebody else has left locked."""
    if getattr(request, "locked_staff", None) is None:
        return None, None
    return request.session.get(LIBRARY), request.session.get(DESK)


def unlock_session(request: HttpRequest, person: Staff, *, now: datetime) -> None:
    """The same person is back: the session goes on where it was, under a new key."""
    request.session.cycle_key()
    keep_open(request, person.pk, now=now)
    library_id, today = request.session.get(LIBRARY), timezone.localdate(now)
    login.unlocked(person, library_id, today=today, now=now)


def next_of(request: HttpRequest) -> str:
    """Where to go after the log-in: a page of this site, or the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return safe_next(request, wanted)


def safe_next(request: HttpRequest, wanted: str) -> str:
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if inside else reverse("front")


@require_POST
def log_out(request: StaffRequest) -> HttpResponse:
    login.logged_out(request.staff.pk, by=request.actor, now=timezone.now())
    request.session.flush()
    return redirect("log_in")


@require_POST
def stay(request: StaffRequest) -> HttpResponse:
    """Somebody is still here: the session starts its time anew."""
    keep_open(request, request.staff.pk, now=timezone.now())
    return HttpResponse(status=204)


@require_POST
def lock_session(request: StaffRequest) -> HttpResponse:
    """Somebody leaves the desk for a while, or to somebody else."""
    lock(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("log_in")


def in_words(refused: Refused) -> HttpResponse:
    """For a script, which shows the text as it is."""
    return HttpResponse(
        refused.words, status=422, content_type="text/plain; charset=utf-8"
    )


@never_cache
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """The password of whoever's session it is, typed on the page that has locked.

    204: go on. 422: why not, in words. 401: there is nothing to unlock any more.
    """
    person = getattr(request, "locked_staff", None) or getattr(request, "staff", None)
    if person is None:
        return HttpResponse(status=401)
    now = timezone.now()
    try:
        login.check_password(person.username, request.POST.get("password", ""), now=now)
    except Refused as refused:
        return in_words(refused)
    unlock_session(request, person, now=now)
    return HttpResponse(status=204)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language: of the account, or before the log-in of the browser."""
    form = LanguageForm(request.POST)
    answer = HttpResponseRedirect(next_of(request))
    if not form.is_valid():
        return answer
    chosen = form.cleaned_data["language"]
    person = getattr(request, "staff", None)
    actor = getattr(request, "actor", None)
    if person is not None and actor is not None:
        now = timezone.now()
        change_staff(person.pk, {"language": chosen}, by=actor, now=now)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


urlpatterns = [
    open_page("login/", log_in),
    open_page("login/code/", second_factor),
    open_page("login/enrolment/", enrolment),
    open_page("unlock/", unlock),
    open_page("language/", language, anywhere=True),
    page_for_all_staff("logout/", log_out, needs_library=False),
    page_for_all_staff("lock/", lock_session, name="lock", needs_library=False),
    page_for_all_staff("stay/", stay, needs_library=False),
]
