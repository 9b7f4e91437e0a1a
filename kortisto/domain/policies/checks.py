"""What ``kortisto check`` looks at in the lending rules."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.domain.policies.findings import Severity
from kortisto.domain.policies.models import RuleRow
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.queries import linted, rules_in_force, rules_version


@check("rules", gettext_lazy("Lending rules are in force and have no errors."))
def rules_are_in_force() -> Iterator[Finding]:
    today = timezone.localdate()
    number = rules_in_force(today).version
    if not number:
        yield Finding(
            _("No lending rules are in force: every loan follows the defaults."),
            _("Publish rules on the page of rules."),
        )
        return
    for finding in linted(rules_version(number), today):
        if finding.severity is Severity.ERROR:
            yield Finding(finding.sentence, finding.suggestion)


@check("rule-values", gettext_lazy("Every stored value of a rule can be understood."))
def rule_values_can_be_read() -> Iterator[Finding]:
    for row in RuleRow.objects.select_related("version").order_by("pk").iterator():
        for key, stored in row.values.items():
            if key not in PARAMETERS:
                continue  # of a parameter that has since gone
            try:
                PARAMETERS[key].read(stored)
            except ValueError as error:
                yield Finding(
                    _("Row {row} of rules {version}: {parameter}: {error}").format(
                        row=row.pk,
                        version=row.version.number,
                        parameter=PARAMETERS[key].title,
                        error=error,
                    ),
                    _("Restore the row from a backup; no page writes such a value."),
                )
