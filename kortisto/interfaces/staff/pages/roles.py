"""Roles: what each allows and who has it; made, copied, changed, deleted (PER-1)."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.permissions import all_permissions
from kortisto.core.refusals import Refused
from kortisto.domain.org.access import Wanted, given_by_no_role, grants_wanted
from kortisto.domain.org.actions.role_contents import (
    change_role,
    create_role,
    delete_role,
)
from kortisto.domain.org.models import Role
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import (
    grants_in_force,
    organisation,
    top_of_organisation,
)
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.paging import PAGE
from kortisto.interfaces.staff.permission_words import permission_words
from kortisto.interfaces.staff.role_forms import (
    RoleForm,
    start_of,
    template_of,
    templates,
)
from kortisto.interfaces.staff.told import tell

MANAGE: Final = OrgPermission.MANAGE_STAFF


@require_GET
def roles(request: StaffRequest) -> HttpResponse:
    """What each role allows, what no role allows yet, who gives roles where (S4)."""
    today, tree = timezone.localdate(), organisation()
    in_force = grants_in_force(today).select_related("staff", "role")
    managers = [
        (tree.name(grant.unit_id), grant.staff, grant.role.name, grant.ends_on)
        for grant in in_force.order_by("unit__path", "staff__full_name")
        if MANAGE.value in grant.role.permissions
    ]
    told = {
        "roles": [
            (role, [permission_words(value) for value in role.permissions])
            for role in Role.objects.order_by("name_fi")
        ],
        "unused": given_by_no_role(),
        "managers": managers,
        "may_change": _may_change(request),
    }
    return render(request, "staff/roles.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
def new_role(request: StaffRequest) -> HttpResponse:
    """A role that starts from nothing, from one of ours or from a ready one."""
    like = request.GET.get("like", "")
    try:
        start = start_of(template_of(like), named=False)
    except LookupError as error:
        raise Http404 from error
    form = RoleForm(request.POST or None, start=start)
    if form.is_valid():
        try:
            role = create_role(**form.told, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The role was made. Give it to people on their pages."))
            return redirect("role", role.pk)
    told = {"like": like, "templates": templates(), "heading": _("New role")}
    return _form_page(request, form, None, told)


@never_cache
@require_http_methods(["GET", "POST"])
def role(request: StaffRequest, role_id: int) -> HttpResponse:
    """One role: its names, what it allows, who has it."""
    found = get_object_or_404(Role, pk=role_id)
    form = RoleForm(request.POST or None, start=start_of(found, named=True))
    if form.is_valid():
        by, now = request.actor, timezone.now()
        try:
            change_role(role_id, **form.told, seen=form.begun_with, by=by, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The role was saved. It holds from the next page on."))
            return redirect("role", role_id)
    return _form_page(request, form, found, {"heading": found.name})


@require_POST
def delete(request: StaffRequest, role_id: int) -> HttpResponse:
    found = get_object_or_404(Role, pk=role_id)
    try:
        delete_role(role_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for each in refused.refusals:
            tell(request, each.message, kind="stop")
        return redirect("role", role_id)
    tell(request, _("The role {role} was deleted.").format(role=found.name))
    return redirect("roles")


def _form_page(
    request: StaffRequest, form: RoleForm, own: Role | None, told: dict[str, Any]
) -> HttpResponse:
    known = {one.value for one in all_permissions()}
    told |= {
        "form": form,
        "role": own,
        "parts": form.parts(Role.objects.order_by("name_fi"), own),
        "gone": sorted(set(own.permissions) - known) if own else [],
        "holders": _holders(own) if own else [],
        "most": PAGE,
        "may_change": _may_change(request),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/role.html", told, status=status)


def _holders(own: Role) -> list[tuple[Any, str]]:
    """Who has the role today or later, and where; a page of them."""
    tree = organisation()
    wanted = grants_wanted(Wanted(role_id=own.pk), today=timezone.localdate())
    return [(grant, tree.name(grant.unit_id)) for grant in wanted[:PAGE]]


def _may_change(request: StaffRequest) -> bool:
    return request.actor.may(MANAGE, at=top_of_organisation())


urlpatterns = [
    page("staffing/roles/", roles, needs=MANAGE, somewhere=True),
    page("staffing/roles/new/", new_role, needs=MANAGE, somewhere=True),
    page("staffing/roles/<int:role_id>/", role, needs=MANAGE, somewhere=True),
    page(
        "staffing/roles/<int:role_id>/delete/",
        delete,
        needs=MANAGE,
        name="delete_role",
        somewhere=True,
    ),
]
