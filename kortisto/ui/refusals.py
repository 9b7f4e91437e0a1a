"""Refusals of the core as lines of a page."""

from collections.abc import Sequence

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.ui.parts import RefusalLine


def as_lines(
    reasons: Sequence[Refusal | RefusalLine], *, actor: Actor | None
) -> list[RefusalLine]:
    return [
        reason if isinstance(reason, RefusalLine) else as_line(reason, actor=actor)
        for reason in reasons
    ]


def as_line(refusal: Refusal, *, actor: Actor | None) -> RefusalLine:
    override = refusal.override
    return RefusalLine(
        code=refusal.reason.value,
        message=refusal.message,
        kind=kind_of(refusal),
        may_override=override is not None and actor is not None and actor.may(override),
        permission=str(override.label) if override is not None else "",
    )


def kind_of(refusal: Refusal) -> str:
    """A notice only tells; what can be set aside asks; the rest stops."""
    if refusal.notice:
        return "info"
    return "stop" if refusal.override is None else "attention"
