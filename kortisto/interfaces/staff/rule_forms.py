"""Forms of the lending rules: whose rules, one row of the draft, from when."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.catalogue.queries import item_types
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies.actions.drafts import Place
from kortisto.domain.policies.explain import Label
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.rules import Matrix, Row
from kortisto.interfaces.staff.desk_forms import not_before_today
from kortisto.interfaces.staff.kind_fields import kind_field
from kortisto.interfaces.staff.rule_matrix import cell_of
from kortisto.ui.fields import DayField

Choices = list[tuple[Any, Any]]
ALL: Final = ("", gettext_lazy("All"))


def libraries() -> Choices:
    return [(one.id, one.name) for one in organisation().libraries()]


def categories() -> Choices:
    return [(one.pk, one.name) for one in PatronCategory.objects.order_by("name_fi")]


def types() -> Choices:
    return [(one.pk, one.name) for one in item_types()]


class _Choice(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


class PlaceForm(forms.Form):
    """Whose rules: an empty field means all."""

    library = _Choice(label=gettext_lazy("Library"), required=False)
    category = _Choice(label=gettext_lazy("Patron category"), required=False)
    item_type = _Choice(label=gettext_lazy("Item type"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, known in (
            ("library", libraries()),
            ("category", categories()),
            ("item_type", types()),
        ):
            self.fields[name].choices = [ALL, *known]  # type: ignore[attr-defined]

    @property
    def place(self) -> Place:
        told = self.cleaned_data
        return Place(told["library"], told["category"], told["item_type"])


class ExplainForm(forms.Form):
    """Who borrows what, from where, on which day."""

    category = _Choice(label=gettext_lazy("Patron category"))
    library = _Choice(label=gettext_lazy("Library"))
    item_type = _Choice(label=gettext_lazy("Item type"))
    day = DayField(label=gettext_lazy("On the day"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["category"].choices = categories()  # type: ignore[attr-defined]
        self.fields["library"].choices = libraries()  # type: ignore[attr-defined]
        self.fields["item_type"].choices = types()  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    starts_on = DayField(
        label=gettext_lazy("In force from"), validators=[not_before_today]
    )
    note = forms.CharField(
        label=gettext_lazy("What was changed and why"), max_length=300, required=False
    )


class RowForm(forms.Form):
    """Every parameter of one row. An empty field inherits what its help tells."""

    def __init__(
        self, data: Any = None, *, matrix: Matrix, row: Row, label: Label
    ) -> None:
        super().__init__(data)
        by_id = {one.id: one for one in matrix.rows if one.key != row.key}
        others = tuple(by_id.values())
        above = Matrix(matrix.version, others, matrix.type_parents)
        bare = Row(0, row.library_id, row.category_id, row.item_type_id, {})
        for key, parameter in PARAMETERS.items():
            cell = cell_of(above, bare, parameter, label=label, by_id=by_id)
            inherited = _("Inherited: {value} ({source})").format(
                value=cell.shown, source=cell.source
            )
            field = kind_field(
                parameter.kind,
                label=parameter.title,
                help_text=f"{parameter.help} {inherited}.",
                empty=inherited,
            )
            if key in row.values:
                field.initial = parameter.typed(row.values[key])
            self.fields[key] = field
