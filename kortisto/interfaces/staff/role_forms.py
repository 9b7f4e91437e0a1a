"""The form of a role: what it is called, and what it allows, part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.core.names import in_language
from kortisto.core.permissions import Permission
from kortisto.core.text import whole_number
from kortisto.domain.org.models import Role
from kortisto.domain.org.ready_roles import READY_ROLES, ReadyRole
from kortisto.interfaces.staff.permission_words import by_family, family_words

ABOUT: Final[Mapping[str, Promise]] = {
    "lending": _(
        "The work of the desk. Who may set a refusal aside lends in spite of it, and "
        "the loan keeps who it was."
    ),
    "patrons": _(
        "The register of patrons. Everything that is opened of a patron is logged."
    ),
    "fees": _("What patrons owe, and the money that is taken and given back."),
    "catalogue": _("Titles and items, one by one or in large files."),
    "entry": _("Libraries that are open without staff: who may come in, and doors."),
    "policies": _("Loan periods, limits and fees, which hold for every loan."),
    "org": _(
        "The installation itself. Whoever gives roles decides what others may do; keep "
        "these few."
    ),
}
"""What a part of the work is about, for who decides whether somebody needs it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One permission of the form; ``roles`` are the others that give it."""

    permission: Permission
    ticked: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    code: str
    name: str
    about: str
    lines: tuple[Line, ...]

    @property
    def ticked(self) -> int:
        return sum(line.ticked for line in self.lines)


class RoleForm(forms.Form):
    """``seen`` is what the role allowed when the form was made: see ``change_role``."""

    name_fi = forms.CharField(label=_("Name in Finnish"), max_length=200)
    name_sv = forms.CharField(
        label=_("Name in Swedish"), max_length=200, required=False
    )
    name_en = forms.CharField(
        label=_("Name in English"), max_length=200, required=False
    )
    second_factor = forms.BooleanField(
        label=_("Asks for a second factor at the log-in"),
        help_text=_("Needed by who gives roles or reads the audit log."),
        required=False,
    )
    permissions = forms.MultipleChoiceField(required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, start: Mapping[str, Any]) -> None:
        super().__init__(data, initial={**start, "seen": _joined(start["permissions"])})
        known = [one.value for found in by_family().values() for one in found]
        choices = [(value, value) for value in known]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]

    @property
    def named(self) -> Sequence[forms.BoundField]:
        return [self[name] for name in ("name_fi", "name_sv", "name_en")]

    @property
    def told(self) -> dict[str, Any]:
        """What actions take of a form that is valid."""
        data = self.cleaned_data
        return {
            "permissions": data["permissions"],
            "names": {one: data[f"name_{one}"].strip() for one in ("fi", "sv", "en")},
            "second_factor": data["second_factor"],
        }

    @property
    def begun_with(self) -> list[str]:
        """What the role allowed when the form was made."""
        return str(self.cleaned_data["seen"]).split()

    def parts(self, roles: Iterable[Role], own: Role | None = None) -> list[Part]:
        """Every permission there is, with what is ticked and who else gives it."""
        ticked = set(self["permissions"].value() or ())
        others = [role for role in roles if role != own]
        return [
            Part(
                code,
                family_words(code),
                str(ABOUT.get(code, "")),
                tuple(_line(one, ticked, others) for one in found),
            )
            for code, found in by_family().items()
        ]


def _line(one: Permission, ticked: set[str], others: Sequence[Role]) -> Line:
    roles = tuple(role.name for role in others if one.value in role.permissions)
    return Line(one, one.value in ticked, roles)


def _joined(values: Iterable[str]) -> str:
    return " ".join(sorted(values))


def start_of(like: Role | ReadyRole | None, *, named: bool) -> dict[str, Any]:
    """What a form starts with; a copy has no name of its own yet."""
    if like is None:
        return {"permissions": [], "second_factor": False}
    start: dict[str, Any] = {
        "permissions": sorted(like.permissions),
        "second_factor": like.needs_second_factor,
    }
    names = like.names if named else {}
    return start | {f"name_{language}": name for language, name in names.items()}


def templates() -> list[tuple[str, str]]:
    """What a new role may start from: nothing, a role of ours, a ready one."""
    ours = [(str(one.pk), one.name) for one in Role.objects.order_by("name_fi")]
    ready = [
        (one.code, _as_installed(one))
        for one in sorted(READY_ROLES, key=lambda one: one.names["fi"])
    ]
    return [("", str(_("nothing: an empty role"))), *ours, *ready]


def _as_installed(one: ReadyRole) -> str:
    words = _("{name} (as delivered)")
    return str(words).format(name=in_language(dict(one.names)))


def template_of(code: str) -> Role | ReadyRole | None:
    """Raises LookupError for a template that is not there."""
    if not code:
        return None
    if (number := whole_number(code)) is not None:
        try:
            return Role.objects.get(pk=number)
        except Role.DoesNotExist as error:
            raise LookupError(code) from error
    found = next((one for one in READY_ROLES if one.code == code), None)
    if found is None:
        raise LookupError(code)
    return found
