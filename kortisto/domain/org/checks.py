"""What ``kortisto check`` looks at in the organisation."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.core.models import Errand
from kortisto.core.permissions import all_permissions
from kortisto.domain.org.errands import REVIEW
from kortisto.domain.org.models import Role, SettingValue, Unit
from kortisto.domain.org.queries import grants_in_force, organisation
from kortisto.domain.org.rules import NeverOpen
from kortisto.domain.org.settings import SETTINGS

MANAGE_STAFF = "org.manage-staff"


@check("unit-paths", gettext_lazy("Every unit stands where its parent says."))
def paths_follow_parents() -> Iterator[Finding]:
    for unit in Unit.objects.select_related("parent").order_by("path"):
        above = "/" if unit.parent is None else unit.parent.path
        if unit.path != f"{above}{unit.pk}/":
            yield Finding(
                _("The unit {code} has a path that is not its parent's.").format(
                    code=unit.code
                ),
                _("Move the unit to its parent again on the page of units."),
            )


@check("calendars", gettext_lazy("Every library in use opens some day."))
def libraries_open_some_day() -> Iterator[Finding]:
    today = timezone.localdate()
    tree = organisation()
    for node in tree.libraries(on=today):
        calendar = tree.calendar(node.id)
        if not calendar.weekly:
            yield Finding(
                _("{library} has no opening hours; it counts as always open.").format(
                    library=node.name
                ),
                _("Give the library its weekly hours on the page of calendars."),
            )
            continue
        try:
            opens = calendar.next_open(today)
        except NeverOpen:
            opens = None
        if opens is None or opens > today + timedelta(days=366):
            yield Finding(
                _("{library} does not open within a year.").format(library=node.name),
                _("Check its opening hours, or give the unit its last day in use."),
            )


@check("settings", gettext_lazy("Every stored setting can be understood."))
def settings_can_be_read() -> Iterator[Finding]:
    for row in SettingValue.objects.select_related("unit").order_by("key", "unit"):
        setting = SETTINGS.get(row.key)
        if setting is None:
            continue  # of a part that this version does not have
        try:
            setting.kind.read(row.value)
        except ValueError as error:
            yield Finding(
                _("{setting} at {unit} is not a possible value: {error}").format(
                    setting=setting.title, unit=row.unit.name, error=error
                ),
                _("Give the setting a value again on the page of settings."),
            )


@check("reviews", gettext_lazy("Reviews of roles are done in time."))
def reviews_are_in_time() -> Iterator[Finding]:
    today, tree = timezone.localdate(), organisation()
    late = Errand.objects.filter(
        kind=REVIEW.code, state=Errand.State.OPEN, due_on__lt=today
    )
    for one in late.order_by("due_on", "pk"):
        yield Finding(
            _("The review of roles at {unit} was due on {day}.").format(
                unit=tree.name(one.subject_id), day=one.due_on
            ),
            _("Open it on the page of tasks, and confirm or end every role."),
        )


@check("roles", gettext_lazy("Somebody can give roles, and roles allow what exists."))
def roles_make_sense() -> Iterator[Finding]:
    allowed = grants_in_force(timezone.localdate()).values_list(
        "role__permissions", flat=True
    )
    if not any(MANAGE_STAFF in permissions for permissions in allowed):
        yield Finding(
            _("Nobody can give roles."),
            _("Run: kortisto staff create-admin NAME"),
        )
    known = {permission.value for permission in all_permissions()}
    for role in Role.objects.order_by("code"):
        unknown = sorted(set(role.permissions) - known)
        if unknown:
            yield Finding(
                _("The role {role} allows what does not exist: {permissions}.").format(
                    role=role.name, permissions=", ".join(unknown)
                ),
                _("Save the role again on the page of roles."),
            )
