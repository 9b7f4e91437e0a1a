from datetime import date

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.permissions import all_permissions
from kortisto.core.refusals import Refused
from kortisto.core.versions import configuration_number
from kortisto.domain.org.actions.groups import remove_group, save_group
from kortisto.domain.org.actions.settings import (
    clear_setting,
    set_setting,
    set_setting_from_text,
)
from kortisto.domain.org.actions.units import (
    change_unit,
    create_unit,
    join,
    leave,
    move_unit,
)
from kortisto.domain.org.models import LibraryGroup, Membership, SettingValue, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import (
    explain_setting,
    organisation,
    targets,
)
from kortisto.domain.org.settings import FLOAT, LOAN_BAN_CENTS, SETTINGS, UNDO_MINUTES
from kortisto.domain.org.tree import Level
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_library,
    make_unit,
)

pytestmark = pytest.mark.django_db


def kinds_told() -> list[str]:
    return list(LoggedEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_a_unit_knows_its_way_up_and_everything_below() -> None:
    library = make_library()
    branch = create_unit(
        "MLI-2",
        Unit.Kind.LIBRARY,
        parent_id=library.pk,
        details={"name_fi": "Haukivuori"},
        by=chief(),
        now=MONDAY_NOON,
    )
    tree = organisation()
    municipality = library.parent_id
    assert tree.path(branch.pk) == (
        make_consortium().pk,
        municipality,
        library.pk,
        branch.pk,
    )
    assert tree.descendants(library.pk) == {library.pk, branch.pk}
    assert tree.municipality_of(branch.pk) == municipality
    assert tree.municipality_of(make_consortium().pk) == make_consortium().pk
    assert tree.by_code("mli-2").id == branch.pk
    assert tree.name(branch.pk) == "Haukivuori"
    assert tree.name(999_999) == ""
    assert [one.id for one in tree.libraries(municipality)] == [branch.pk, library.pk]
    assert kinds_told() == ["UnitChanged"]


def test_every_new_unit_gets_the_rarest_colour() -> None:
    parent = make_consortium()
    hues = [
        create_unit(
            f"K{number}",
            Unit.Kind.MUNICIPALITY,
            parent_id=parent.pk,
            details={"name_fi": f"Kunta {number}"},
            by=chief(),
            now=MONDAY_NOON,
        ).hue
        for number in range(12)
    ]
    assert len(set(hues)) == 12


@pytest.mark.parametrize(
    ("code", "details", "reason"),
    [
        ("MLI", {"name_fi": "Toinen"}, "code-taken"),
        ("mli", {"name_fi": "Toinen"}, "code-taken"),
        ("Ö 1", {"name_fi": "Toinen"}, "code-form"),
        ("NEW", {}, "name-missing"),
    ],
)
def test_a_bad_unit_is_refused_and_nothing_is_made(
    code: str, details: dict[str, str], reason: str
) -> None:
    parent = make_library().parent
    assert parent is not None
    before = Unit.objects.count()
    with pytest.raises(Refused, match=reason):
        create_unit(
            code,
            Unit.Kind.LIBRARY,
            parent_id=parent.pk,
            details=details,
            by=chief(),
            now=MONDAY_NOON,
        )
    assert Unit.objects.count() == before
    assert kinds_told() == []


def test_a_move_takes_everything_below_along() -> None:
    library, other = make_library("MLI"), make_library("SVL")
    branch = make_unit("MLI-2", parent=library)
    assert other.parent is not None

    move_unit(library.pk, to=other.parent.pk, by=chief(), now=MONDAY_NOON)

    tree = organisation()
    assert tree.municipality_of(branch.pk) == other.parent.pk
    assert branch.pk in tree.descendants(other.parent.pk)
    branch.refresh_from_db()
    assert branch.path == f"{other.parent.path}{library.pk}/{branch.pk}/"


def test_a_unit_cannot_be_moved_below_itself() -> None:
    library = make_library()
    branch = make_unit("MLI-2", parent=library)
    with pytest.raises(Refused, match="own-ancestor"):
        move_unit(library.pk, to=branch.pk, by=chief(), now=MONDAY_NOON)


def test_changing_nothing_tells_nothing() -> None:
    library = make_library()
    change_unit(library.pk, {"name_fi": "MLI"}, by=chief(), now=MONDAY_NOON)
    assert kinds_told() == []
    change_unit(library.pk, {"name_sv": "S:t Michel"}, by=chief(), now=MONDAY_NOON)
    assert organisation().unit(library.pk).names["sv"] == "S:t Michel"
    assert kinds_told() == ["UnitChanged"]


def test_a_code_is_never_changed() -> None:
    library = make_library()
    with pytest.raises(TypeError, match="code"):
        change_unit(library.pk, {"code": "X"}, by=chief(), now=MONDAY_NOON)


def test_joining_another_owner_ends_the_membership_before_it() -> None:
    library, first, second = (
        make_library(),
        make_unit("A", parent=make_consortium()),
        make_unit("B", parent=make_consortium()),
    )
    for owner, day in ((first, date(2015, 1, 1)), (second, date(2022, 1, 1))):
        join(library.pk, owner_id=owner.pk, starts_on=day, by=chief(), now=MONDAY_NOON)
    leave(library.pk, ends_on=date(2025, 12, 31), by=chief(), now=MONDAY_NOON)
    assert list(
        Membership.objects.order_by("starts_on").values_list("owner", "ends_on")
    ) == [(first.pk, date(2021, 12, 31)), (second.pk, date(2025, 12, 31))]
    with pytest.raises(Refused, match="not-member"):
        leave(library.pk, ends_on=date(2026, 1, 1), by=chief(), now=MONDAY_NOON)


def test_without_the_permission_nothing_is_changed() -> None:
    library = make_library()
    with pytest.raises(NotPermitted):
        change_unit(library.pk, {"name_fi": "X"}, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        set_setting(library.pk, FLOAT, value=True, by=desk(), now=MONDAY_NOON)
    assert kinds_told() == []
    assert not SettingValue.objects.exists()


def test_a_setting_is_inherited_until_a_unit_decides_otherwise() -> None:
    library, consortium = make_library(), make_consortium()
    assert organisation().setting(LOAN_BAN_CENTS, library.pk).unit_id is None
    set_setting(consortium.pk, LOAN_BAN_CENTS, value=1500, by=chief(), now=MONDAY_NOON)
    found = organisation().setting(LOAN_BAN_CENTS, library.pk)
    assert (found.value, found.unit_id) == (1500, consortium.pk)

    set_setting(library.pk, LOAN_BAN_CENTS, value=None, by=chief(), now=MONDAY_NOON)

    found = organisation().setting(LOAN_BAN_CENTS, library.pk)
    assert (found.value, found.unit_id) == (None, library.pk)
    assert organisation().setting(LOAN_BAN_CENTS, None).value == 1500
    assert explain_setting(LOAN_BAN_CENTS, library.pk) == (
        Level(library.pk, None, inherits=False, decides=True),
        Level(library.parent_id, None, inherits=True, decides=False),
        Level(consortium.pk, 1500, inherits=False, decides=False),
        Level(None, None, inherits=False, decides=False),
    )

    clear_setting(library.pk, LOAN_BAN_CENTS.key, by=chief(), now=MONDAY_NOON)
    assert organisation().setting(LOAN_BAN_CENTS, library.pk).value == 1500


def test_a_setting_typed_on_a_form_is_understood_or_refused_in_words() -> None:
    library = make_library()
    for key, text in ((LOAN_BAN_CENTS.key, "31,50"), (UNDO_MINUTES.key, "45")):
        set_setting_from_text(library.pk, key, text=text, by=chief(), now=MONDAY_NOON)
    assert organisation().setting(LOAN_BAN_CENTS, library.pk).value == 3150
    assert organisation().setting(UNDO_MINUTES, library.pk).value == 45
    with pytest.raises(Refused) as no:
        set_setting_from_text(
            library.pk, UNDO_MINUTES.key, text="9999", by=chief(), now=MONDAY_NOON
        )
    assert "1440" in no.value.refusals[0].message
    assert organisation().setting(UNDO_MINUTES, library.pk).value == 45


def test_an_out_of_range_value_is_refused_and_not_stored() -> None:
    library = make_library()
    with pytest.raises(Refused, match="bad-value"):
        set_setting(library.pk, UNDO_MINUTES, value=-1, by=chief(), now=MONDAY_NOON)
    assert not SettingValue.objects.exists()


def test_every_setting_has_a_default_that_can_be_stored() -> None:
    for setting in SETTINGS.values():
        stored = setting.kind.write(setting.default)
        assert setting.kind.read(stored) == setting.default
        assert setting.title
        assert setting.help


def test_asking_again_costs_no_query_while_the_number_is_the_same(
    django_assert_num_queries: object,
) -> None:
    library = make_library()
    number = configuration_number()
    organisation(number)
    with django_assert_num_queries(0):  # type: ignore[operator]
        tree = organisation(number)
        tree.calendar(library.pk).is_open(date(2027, 3, 1))
        tree.setting(FLOAT, library.pk)


def test_a_group_holds_libraries_only() -> None:
    library, other = make_library("MLI"), make_library("SVL")
    save_group(
        "SUUR",
        LibraryGroup.Purpose.FLOATING,
        names={"fi": "Suur-Savo"},
        library_ids=[library.pk, other.pk],
        by=chief(),
        now=MONDAY_NOON,
    )
    assert targets(group="SUUR") == tuple(sorted((library.pk, other.pk)))
    tree = organisation()
    assert tree.share_group(library.pk, other.pk, LibraryGroup.Purpose.FLOATING)
    assert not tree.same_picking_group(library.pk, other.pk)
    with pytest.raises(Refused, match="not-library"):
        save_group(
            "SUUR",
            LibraryGroup.Purpose.FLOATING,
            names={"fi": "Suur-Savo"},
            library_ids=[make_consortium().pk],
            by=chief(),
            now=MONDAY_NOON,
        )
    remove_group("SUUR", by=chief(), now=MONDAY_NOON)
    assert targets(group="SUUR") == ()


def test_the_permission_is_asked_for_at_the_place_itself() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    local = Actor(
        kind=ActorKind.STAFF,
        id=5,
        library_id=here.pk,
        grants={
            OrgPermission.EDIT_UNITS.value: organisation().descendants(here.pk),
        },
    )
    change_unit(here.pk, {"city": "Mikkeli"}, by=local, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        change_unit(there.pk, {"city": "Mikkeli"}, by=local, now=MONDAY_NOON)
    assert {permission.value for permission in all_permissions()} > set(local.grants)


def test_a_desk_belongs_to_the_library_above_it() -> None:
    library = make_library()
    counter = make_unit("MLI-D1", Unit.Kind.DESK, parent=library)
    tree = organisation()
    assert tree.library_of(counter.pk) == library.pk
    assert tree.library_of(make_consortium().pk) is None
    assert counter.pk not in {node.id for node in tree.libraries()}


def test_a_library_is_listed_while_it_is_in_use() -> None:
    library = make_library()
    dates = {"opened_on": date(2027, 1, 1), "closed_on": date(2027, 12, 31)}
    change_unit(library.pk, dates, by=chief(), now=MONDAY_NOON)
    assert [
        bool(organisation().libraries(on=day))
        for day in (
            date(2026, 12, 31),
            date(2027, 1, 1),
            date(2027, 12, 31),
            date(2028, 1, 1),
        )
    ] == [False, True, True, False]
    with pytest.raises(Refused, match="dates-backwards"):
        change_unit(
            library.pk, {"closed_on": date(2026, 1, 1)}, by=chief(), now=MONDAY_NOON
        )
