"""Put a version of the lending rules in force, or bring an old one back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish as tell
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.policies.actions.drafts import (
    copy_rows,
    next_number,
    require_common,
)
from kortisto.domain.policies.events import RulesPublished
from kortisto.domain.policies.findings import Finding, Severity
from kortisto.domain.policies.models import RuleVersion
from kortisto.domain.policies.queries import linted
from kortisto.domain.policies.reasons import Reason, refused


@dataclass(frozen=True, slots=True)
class Publication:
    """The version that was published, and what the linter had to say of it."""

    version: RuleVersion
    findings: tuple[Finding, ...]


@transaction.atomic
def publish(
    *, starts_on: date, today: date, by: Actor, now: datetime, note: str = ""
) -> Publication:
    """Publish the draft from a day on; it can never be changed again.

    Refused, with every reason, when there is no draft, when the day has passed, or
    when the linter finds an error. Warnings come back with the version.
    """
    require_common(by)
    draft = RuleVersion.objects.select_for_update().filter(
        state=RuleVersion.State.DRAFT
    )
    version = draft.first()
    if version is None:
        raise refused(Reason.NO_DRAFT)
    findings = linted(version, starts_on)
    _refuse(starts_on, today, findings)
    if next_number() > version.number + 1:
        # A version rolled back to has come in between: the newer decision wins.
        version.number = next_number()
    version.state = RuleVersion.State.PUBLISHED
    version.starts_on = starts_on
    version.published_by = by.label
    version.published_at = now
    version.note = note or version.note
    version.save()
    _published(version, by=by, now=now)
    return Publication(version, findings)


@transaction.atomic
def roll_back_to(
    number: int, *, starts_on: date, today: date, by: Actor, now: datetime
) -> Publication:
    """Publish a copy of an old version; a draft being prepared stays as it is.

    What the linter finds is told and stops nothing: these rules have worked before.
    """
    require_common(by)
    old = RuleVersion.objects.get(number=number)
    if old.state != RuleVersion.State.PUBLISHED:
        raise refused(Reason.NOT_PUBLISHED, number=number)
    _refuse(starts_on, today, ())
    version = RuleVersion.objects.create(
        number=next_number(),
        state=RuleVersion.State.PUBLISHED,
        starts_on=starts_on,
        made_by=by.label,
        made_at=now,
        published_by=by.label,
        published_at=now,
        note=old.note,
    )
    copy_rows(old, version)
    _published(version, by=by, now=now, copied_from=number)
    return Publication(version, linted(version, starts_on))


def _refuse(starts_on: date, today: date, findings: tuple[Finding, ...]) -> None:
    refusals = [
        Refusal(
            Reason.RULES_HAVE_ERRORS,
            facts={"sentence": finding.sentence, "suggestion": finding.suggestion},
        )
        for finding in findings
        if finding.severity is Severity.ERROR
    ]
    if starts_on < today:
        refusals.insert(0, Refusal(Reason.STARTS_IN_THE_PAST))
    if refusals:
        raise Refused(refusals)


def _published(
    version: RuleVersion, *, by: Actor, now: datetime, copied_from: int | None = None
) -> None:
    starts_on = version.starts_on
    event = RulesPublished(
        version=version.number,
        starts_on="" if starts_on is None else starts_on.isoformat(),
        copied_from=copied_from,
    )
    tell(event, by=by, at=now)
    configuration_changed()
