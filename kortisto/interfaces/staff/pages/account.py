"""One's own account: password and sessions."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.staff import change_own_password, end_sessions
from kortisto.domain.org.models import SignInLink
from kortisto.domain.org.ports import staff_sign_in
from kortisto.domain.org.queries import grants_in_force, organisation
from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.interfaces.staff.forms import PasswordForm, add_refusals
from kortisto.interfaces.staff.middleware import EPOCH


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: StaffRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_own_password(
                request.staff.pk,
                form.cleaned_data["old"],
                form.cleaned_data["new"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            _keep_this_session(request)
            return redirect("account")
    tree = organisation()
    grants = grants_in_force(timezone.localdate()).filter(staff=request.staff)
    roles = [
        {
            "name": grant.role.name,
            "unit": tree.name(grant.unit_id),
            "ends_on": grant.ends_on,
        }
        for grant in grants.select_related("role").order_by("unit__path", "pk")
    ]
    told = {
        "form": form,
        "person": request.staff,
        "roles": roles,
        "links": _links(request),
        "services": staff_sign_in().services(),
        "passkeys": request.staff.passkeys.order_by("made_at"),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/account.html", told, status=status)


def _links(request: StaffRequest) -> list[tuple[SignInLink, str]]:
    """Links to accounts elsewhere, with the names of where."""
    names = {one.code: one.name for one in staff_sign_in().services()}
    rows = request.staff.sign_in_links.order_by("made_at")
    return [(row, names.get(row.service, row.service)) for row in rows]


@require_POST
def end_own_sessions(request: StaffRequest) -> HttpResponse:
    """End every session of the account but this one."""
    end_sessions(request.staff.pk, by=request.actor, now=timezone.now())
    _keep_this_session(request)
    return redirect("account")


def _keep_this_session(request: StaffRequest) -> None:
    request.staff.refresh_from_db(fields=["session_epoch"])
    request.session.cycle_key()
    request.session[EPOCH] = request.staff.session_epoch


urlpatterns = [
    page_for_all_staff("account/", account, needs_library=False),
    page_for_all_staff("account/sessions/", end_own_sessions, needs_library=False),
]
