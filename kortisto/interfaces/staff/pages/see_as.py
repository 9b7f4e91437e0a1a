"""See as: which pages and actions a person, or a role, would have at a library."""

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.seeing import see_as_person, see_as_role
from kortisto.domain.org.models import Role, Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.nav import NAV
from kortisto.interfaces.staff.nav_entry import may_open
from kortisto.interfaces.staff.permission_words import by_family, family_words

MANAGE: Final = OrgPermission.MANAGE_STAFF


class SeeAsForm(forms.Form):
    """A person, or a role, and where: one of the two."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=60, required=False
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Or a role"),
        help_text=gettext_lazy("As if it were given at the library and nowhere else."),
        required=False,
    )
    at = forms.TypedChoiceField(label=gettext_lazy("Library"), coerce=int)

    def __init__(self, data: Any, *, libraries: list[tuple[str, str]], at: str) -> None:
        super().__init__(data, initial={"at": at})
        roles = [(role.code, role.name) for role in Role.objects.order_by("name_fi")]
        self.fields["role"].choices = [("", "–"), *roles]  # type: ignore[attr-defined]
        self.fields["at"].choices = libraries  # type: ignore[attr-defined]

    def clean_username(self) -> Staff | None:
        name = self.cleaned_data["username"].strip().lower()
        if not name:
            return None
        found = Staff.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("There is no such user name."))
        return found

    @override
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [name for name in ("username", "role") if told.get(name)]
        if len(chosen) != 1 and "username" not in self.errors:
            raise forms.ValidationError(_("Choose a person or a role, not both."))
        return told


@never_cache
@require_http_methods(["GET", "POST"])
def see_as(request: StaffRequest) -> HttpResponse:
    """Ask, and leave a trace; nothing is shown of anybody's patrons."""
    by = request.actor
    libraries = [
        (str(node.id), node.name)
        for node in organisation().libraries(on=timezone.localdate())
        if by.may(MANAGE, at=node.id)
    ]
    posted = request.POST if request.method == "POST" else None
    form = SeeAsForm(posted, libraries=libraries, at=str(by.library_id))
    told: dict[str, Any] = {"form": form}
    if form.is_valid():
        told |= _seen(form.cleaned_data, by)
    status = 422 if form.errors else 200
    return render(request, "staff/see_as.html", told, status=status)


def _seen(asked: dict[str, Any], by: Actor) -> dict[str, Any]:
    person, at, now = asked["username"], asked["at"], timezone.now()
    if person is not None:
        other = see_as_person(person.pk, at, by=by, now=now)
        who = person.full_name
    else:
        other = see_as_role(asked["role"], at, by=by, now=now)
        who = Role.objects.get(code=asked["role"]).name
    return {
        "who": who,
        "where": organisation().name(at),
        "entries": [(entry, may_open(entry, other)) for entry in NAV],
        "families": [
            (
                family_words(name),
                [(one, other.may(one), other.may_somewhere(one)) for one in found],
            )
            for name, found in by_family().items()
        ],
    }


urlpatterns = [page("staffing/see-as/", see_as, needs=MANAGE, somewhere=True)]
