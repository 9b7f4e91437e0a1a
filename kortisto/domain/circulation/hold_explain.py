"""Say in words by which rules a hold could be placed, from the trace kept with it."""

from typing import Any

from django.utils.translation import gettext as _

from kortisto.domain.circulation.explain import Why
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.explain import row_labels_of
from kortisto.domain.policies.parameters import PARAMETERS


def why_placed(trace: dict[str, Any]) -> list[Why]:
    """Each value that was asked, with the rule row that gave it.

    A fixed number of statements, however many rows had a say.
    """
    if not trace:
        return [Why(_("The hold was brought from an earlier system."))]
    version = _("Rules, version {number}").format(number=trace.get("version"))
    if "rules" not in trace:
        return [Why(_("There was no copy whose rules could be asked."), version)]
    labels = row_labels_of({row for _value, row, _level in trace["rules"].values()})
    told = [
        Why(
            f"{parameter.title}: {parameter.show(parameter.read(value))}",
            labels.get(row, _("Default of the system")),
        )
        for key, (value, row, _level) in trace["rules"].items()
        if (parameter := PARAMETERS.get(key)) is not None
    ]
    library = organisation().name(trace["library"])
    sentence = _("The rules are those of the copies of {library}.")
    return [*told, Why(sentence.format(library=library), version)]
