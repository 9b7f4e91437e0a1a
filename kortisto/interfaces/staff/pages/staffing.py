"""Staff accounts: find, open, close; roles and why somebody may not (PER, S4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.org.actions import roles as role_actions
from kortisto.domain.org.actions import staff as actions
from kortisto.domain.org.actions.login import remove_second_factor
from kortisto.domain.org.models import Grant, Staff, WorkstationUse
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import (
    grants_in_force,
    has_second_factor,
    organisation,
    why_may_i_not,
)
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.paging import PAGE, Trail, cut, one_line
from kortisto.interfaces.staff.staffing_forms import (
    AccountForm,
    CopyForm,
    GrantForm,
    NewAccountForm,
    PasswordForm,
    WhyForm,
)
from kortisto.interfaces.staff.told import tell

MANAGE: Final = OrgPermission.MANAGE_STAFF


@require_GET
def staffing(request: StaffRequest) -> HttpResponse:
    """Everybody with an account, by name, with the roles in force today."""
    text, trail = one_line(request.GET.get("q")), Trail.of(request)
    today = timezone.localdate()
    people = Staff.objects.filter(removed_on=None).order_by("full_name", "pk")
    if request.GET.get("closed") != "1":
        people = people.filter(is_active=True)
    if text:
        people = people.filter(
            Q(full_name__contains=text) | Q(username__startswith=text.lower())
        )
    last = Staff.objects.filter(pk=trail.last or 0).first()
    if last is not None:
        after = Q(full_name=last.full_name, pk__gt=last.pk)
        people = people.filter(Q(full_name__gt=last.full_name) | after)
    in_force = grants_in_force(today).select_related("role")
    people = people.prefetch_related(Prefetch("grants", queryset=in_force))
    rows = list(people[: PAGE + 1])
    more = cut([row.pk for row in rows])
    tree = organisation()
    return render(
        request,
        "staff/staffing.html",
        {
            "q": text,
            "closed": request.GET.get("closed") == "1",
            "may_workstations": request.actor.may_somewhere(
                OrgPermission.MANAGE_WORKSTATIONS
            ),
            "rows": [
                (
                    one,
                    tree.name(one.home_library_id),
                    [(g.role.name, tree.name(g.unit_id), g) for g in one.grants.all()],
                )
                for one in rows[:PAGE]
            ],
            "pages": trail.pages(request, next_key=more),
        },
    )


@never_cache
@require_GET
def staff_person(request: StaffRequest, staff_id: int) -> HttpResponse:
    """One account: data, roles of all times, and why it may or may not."""
    person = get_object_or_404(
        Staff.objects.select_related("home_library"), pk=staff_id
    )
    today, tree = timezone.localdate(), organisation()
    why = WhyForm(request.GET if "permission" in request.GET else None)
    reason = None
    if why.is_valid():
        at = why.cleaned_data["at"]
        reason = why_may_i_not(person.pk, why.asked, at, today)
    grants = Grant.objects.filter(staff=person).select_related("role")
    told = {
        "person": person,
        "home": tree.name(person.home_library_id),
        "locked": bool(person.locked_until and person.locked_until > timezone.now()),
        "grants": [
            (
                grant,
                tree.name(grant.unit_id),
                grant.ends_on is None or grant.ends_on >= today,
                request.actor.may(MANAGE, at=grant.unit_id),
            )
            for grant in grants.order_by("-starts_on", "-pk")
        ],
        "why": why,
        "reason": reason,
        "may_manage": request.actor.may(MANAGE, at=person.home_library_id),
        "second_factor": has_second_factor(person),
        "uses": WorkstationUse.objects.filter(staff=person)
        .select_related("workstation")
        .order_by("-last_at"),
        "may_open_workstations": request.actor.may_somewhere(
            OrgPermission.MANAGE_WORKSTATIONS
        ),
    }
    return render(request, "staff/staff_person.html", told)


def _form(
    request: StaffRequest,
    form: Any,
    do: Callable[[dict[str, Any]], object],
    *,
    heading: str,
    save: str,
    back: str,
    done: str,
) -> HttpResponse:
    """A page that is one form; what was typed stays when it is refused."""
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, done)
            return redirect(back)
    told = {"form": form, "heading": heading, "save": save, "back": back}
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def open_account(request: StaffRequest) -> HttpResponse:
    """Open an account; it may do nothing before it is given a role."""

    def create(told: dict[str, Any]) -> None:
        details = {name: told[name] for name in ("email", "phone", "language")}
        actions.create_staff(
            told["username"],
            told["password"],
            full_name=told["full_name"],
            home_library_id=told["home_library_id"],
            details=details,
            by=request.actor,
            now=timezone.now(),
        )

    start = {"home_library_id": request.actor.library_id, "language": "fi"}
    return _form(
        request,
        NewAccountForm(request.POST or None, initial=start),
        create,
        heading=_("Open an account"),
        save=_("Open"),
        back=reverse("staffing"),
        done=_("The account is open. Give it a role next."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def change_account(request: StaffRequest, staff_id: int) -> HttpResponse:
    person = get_object_or_404(Staff, pk=staff_id)
    names = ("full_name", "email", "phone", "language", "home_library_id")
    start = {name: getattr(person, name) for name in names}
    by, now = request.actor, timezone.now()
    return _form(
        request,
        AccountForm(request.POST or None, initial=start),
        lambda told: actions.change_staff(staff_id, told, by=by, now=now),
        heading=_("Change the account"),
        save=_("Save"),
        back=_address(staff_id),
        done=_("The account was saved."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def staff_password(request: StaffRequest, staff_id: int) -> HttpResponse:
    get_object_or_404(Staff, pk=staff_id)
    by, now = request.actor, timezone.now()
    return _form(
        request,
        PasswordForm(request.POST or None),
        lambda told: actions.set_password(staff_id, told["password"], by=by, now=now),
        heading=_("Give a new password"),
        save=_("Give"),
        back=_address(staff_id),
        done=_("The password was changed and every session ended."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def give_role(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Give a role at a unit, from a day to a day. Nobody gives more than they have."""
    get_object_or_404(Staff, pk=staff_id)
    today = timezone.localdate()
    start = {"unit_id": request.actor.library_id, "starts_on": today}

    def give(told: dict[str, Any]) -> None:
        code = told.pop("role")
        by, now = request.actor, timezone.now()
        role_actions.give_role(staff_id, code, by=by, now=now, **told)

    return _form(
        request,
        GrantForm(request.POST or None, initial=start),
        give,
        heading=_("Give a role"),
        save=_("Give"),
        back=_address(staff_id),
        done=_("The role was given."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def copy_roles(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Give somebody the roles that another person has today."""
    get_object_or_404(Staff, pk=staff_id)

    def copy(told: dict[str, Any]) -> None:
        role_actions.copy_grants(
            told["source"].pk,
            staff_id,
            today=timezone.localdate(),
            by=request.actor,
            now=timezone.now(),
        )

    return _form(
        request,
        CopyForm(request.POST or None),
        copy,
        heading=_("Copy roles"),
        save=_("Copy"),
        back=_address(staff_id),
        done=_("The roles were given."),
    )


@require_POST
def end_role(request: StaffRequest, grant_id: int) -> HttpResponse:
    """Take a role away at once: yesterday was its last day."""
    grant = get_object_or_404(Grant, pk=grant_id)
    yesterday = timezone.localdate() - timedelta(days=1)
    role_actions.end_grant(
        grant_id, ends_on=yesterday, by=request.actor, now=timezone.now()
    )
    tell(request, _("The role has ended."))
    return redirect(_address(grant.staff_id))


@require_POST
def staff_state(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Close, open again, unlock, end every session, take the second factor away."""
    get_object_or_404(Staff, pk=staff_id)
    by, now = request.actor, timezone.now()
    match request.POST.get("do"):
        case "close":
            today = timezone.localdate(now)
            actions.deactivate(staff_id, today=today, by=by, now=now)
            tell(request, _("The account is closed and its roles have ended."))
        case "open":
            actions.reactivate(staff_id, by=by, now=now)
            tell(request, _("The account is open again, without roles."))
        case "unlock":
            actions.unlock(staff_id, by=by, now=now)
            tell(request, _("The account can log in again."))
        case "remove-second-factor":
            remove_second_factor(staff_id, by=by, now=now)
            tell(request, _("The second factor was taken away; a new one is set up."))
        case "end-sessions":
            actions.end_sessions(staff_id, by=by, now=now)
            tell(request, _("Every session of the account has ended."))
        case _other:
            tell(request, _("Nothing was done."), kind="attention")
    return redirect(_address(staff_id))


def _address(staff_id: int) -> str:
    return reverse("staff_person", args=[staff_id])


urlpatterns = [
    page("staffing/", staffing, needs=MANAGE, somewhere=True),
    page("staffing/new/", open_account, needs=MANAGE, somewhere=True),
    page("staffing/<int:staff_id>/", staff_person, needs=MANAGE, somewhere=True),
    page("staffing/<int:staff_id>/edit/", change_account, needs=MANAGE, somewhere=True),
    page(
        "staffing/<int:staff_id>/password/",
        staff_password,
        needs=MANAGE,
        somewhere=True,
    ),
    page("staffing/<int:staff_id>/roles/", give_role, needs=MANAGE, somewhere=True),
    page("staffing/<int:staff_id>/copy/", copy_roles, needs=MANAGE, somewhere=True),
    page("staffing/<int:staff_id>/state/", staff_state, needs=MANAGE, somewhere=True),
    page("staffing/grants/<int:grant_id>/end/", end_role, needs=MANAGE, somewhere=True),
]
