"""The description of the register, told by the program about itself (S5): always true.

Owners come from the organisation, data groups from the secrecy of the models, periods
from the settings, who may see what from the roles, sources from where values come.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kortisto.core.keeping import everything_kept
from kortisto.core.permissions import all_permissions
from kortisto.domain.org.models import Role, Unit
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.patrons.models import Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.personal_data import about_patrons
from kortisto.domain.patrons.settings import ASK_AT_DESK, FOLLOW_CHANGES
from kortisto.ui.pdf import Section


def title() -> str:
    root = next(iter(_units(Unit.Kind.CONSORTIUM)), None)
    name = _("the libraries") if root is None else root.name
    return _("Privacy statement: patron register of {name}").format(name=name)


def sections() -> list[Section]:
    """In the active language, in a fixed number of statements."""
    return [
        _owners(),
        _purpose(),
        _groups(),
        _sources(),
        _periods(),
        _who_may(),
        _recipients(),
        _safety(),
        _rights(),
    ]


def _units(kind: str) -> list[Unit]:
    return list(Unit.objects.filter(kind=kind, closed_on=None).order_by("pk"))


def _owners() -> Section:
    """Each municipality answers for its own patrons."""
    rows = []
    for unit in _units(Unit.Kind.MUNICIPALITY):
        town = f"{unit.postal_code} {unit.city}".strip()
        address = ", ".join(part for part in (unit.street, town) if part)
        person = ", ".join(
            part for part in (unit.responsible_person, unit.responsible_title) if part
        )
        reach = ", ".join(
            part for part in (unit.email, unit.responsible_phone or unit.phone) if part
        )
        rows.append((unit.name, unit.business_id, address, person, reach))
    return Section(
        title=_("Who answers for the register"),
        text=[
            _(
                "The municipalities are joint controllers of one patron register. Each "
                "answers for the patrons whose home library is its own. You may turn "
                "to "
                "any library."
            )
        ],
        heads=[
            _("Municipality"),
            _("Business ID"),
            _("Address"),
            _("Responsible person"),
            _("How to reach"),
        ],
        rows=sorted(rows),
        empty=_("No municipality has been written down yet."),
    )


def _purpose() -> Section:
    return Section(
        title=_("What the register is for"),
        text=[
            _(
                "The library system is used for organising library services and "
                "managing customer relationships: lending, holds, charges, messages, "
                "and use of libraries without staff. The legal basis is a task in the "
                "public interest (Public Libraries Act 1492/2016); accounts are kept "
                "under the Accounting Act."
            ),
            _(
                "Nobody is profiled, and no decision about you is made by a machine "
                "alone."
            ),
        ],
    )


def _groups() -> Section:
    """From the secrecy of the models: what is held is what stands here."""
    rows = []
    for about in about_patrons():
        names = dict.fromkeys(
            str(about.words[n]) for n in about.told if n in about.words
        )
        rows.append((str(about.title), ", ".join(names)))
    return Section(
        title=_("What is held on a patron"),
        text=[
            _(
                "Everything below is secret. Data about the collection, its titles and "
                "items, is public."
            )
        ],
        heads=[_("Data"), _("What it has")],
        rows=rows,
    )


def _sources() -> Section:
    tree = organisation()
    told = [str(label) for _code, label in Source.choices]
    text = [_("From where the data comes: {sources}.").format(sources="; ".join(told))]
    follows = _places(tree, FOLLOW_CHANGES.key)
    asks = _places(tree, ASK_AT_DESK.key)
    if follows:
        text.append(
            _(
                "Changes come every night from the population register in: {places}."
            ).format(places=", ".join(follows))
        )
    if asks:
        text.append(
            _(
                "The population register is asked when somebody is registered in: "
                "{places}."
            ).format(places=", ".join(asks))
        )
    text.append(
        _(
            "For each value it is written down who gave it and when, and you can see "
            "that."
        )
    )
    return Section(title=_("From where the data comes"), text=text)


def _places(tree: Organisation, key: str) -> list[str]:
    """Municipalities where a setting of yes or no says yes."""
    setting = FOLLOW_CHANGES if key == FOLLOW_CHANGES.key else ASK_AT_DESK
    return [
        unit.name
        for unit in tree.units.values()
        if unit.kind == Unit.Kind.MUNICIPALITY and tree.setting(setting, unit.id).value
    ]


def _periods() -> Section:
    return Section(
        title=_("How long the data is kept"),
        heads=[_("Data"), _("Kept"), _("What happens then")],
        rows=[
            (str(one.title), str(one.period()), str(one.how))
            for one in everything_kept()
        ],
    )


def _who_may() -> Section:
    """Roles that may see patrons, with what each may do about them."""
    names = {
        one.value: str(one.label)
        for one in all_permissions()
        if isinstance(one, PatronPermission)
    }
    rows = []
    for role in Role.objects.order_by("pk"):
        may = [names[value] for value in role.permissions if value in names]
        if may:
            rows.append((role.name, "; ".join(may)))
    return Section(
        title=_("Who may see and change it"),
        text=[
            _(
                "Staff of the libraries only, each by a role that is given at a "
                "library "
                "and reviewed. Every look is written down, and you see in your own "
                "account which library looked and when."
            )
        ],
        heads=[_("Role"), _("May")],
        rows=rows,
        empty=_("No roles have been made yet."),
    )


def _recipients() -> Section:
    return Section(
        title=_("To whom it is given"),
        text=[
            _(
                "Data is not sold, and not handed to others, except where a law "
                "demands "
                "it or for sending you what you have asked for: messages and bills. It "
                "is not moved outside the European Union."
            ),
            _(
                "The doors of open libraries ask whether a card may enter, and are "
                "told "
                "yes or no with the reason."
            ),
        ],
    )


def _safety() -> Section:
    return Section(
        title=_("How it is protected"),
        text=list(_measures()),
    )


def _measures() -> Iterator[str]:
    yield _(
        "Personal identity codes are kept encrypted in a vault of their own. PINs are "
        "kept "
        "as hashes that nobody can read."
    )
    yield _(
        "The staff site is apart from the public one. Whoever may read logs or give "
        "roles "
        "proves themselves in two ways at each log-in."
    )
    yield _(
        "Every look and change is in an event log whose entries are chained by "
        "digests, so "
        "that nobody can rewrite it unseen."
    )


def _rights() -> Section:
    return Section(
        title=_("Your rights"),
        text=[
            _(
                "In your own account, under Privacy, you see who has looked at your "
                "data, "
                "fetch everything that is held on you, and ask to be erased. You may "
                "have "
                "wrong data put right, ask that its use be restricted, and take your "
                "data "
                "with you."
            ),
            _(
                "Any library helps you, also without a log-in. If you are not content "
                "with "
                "how your data is handled, you can turn to the Data Protection "
                "Ombudsman "
                "(tietosuoja.fi)."
            ),
        ],
    )
