"""How the library says no: typed reasons that every door can show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices

from kortisto.core.actors import Actor
from kortisto.core.permissions import Permission


class Reason(TextChoices):
    """Base for the reasons of one domain app: a public code and a sentence.

    Sentences have named places that ``Refusal.facts`` fills.
    """


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an action is not allowed now.

    ``override`` is the permission that lets staff set this one reason aside; None
    means that nobody can. A ``notice`` is only told and never stops anything.
    """

    reason: Reason
    override: Permission | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    notice: bool = False

    @property
    def message(self) -> str:
        """The reason as a sentence, in the language of whoever reads it."""
        return str(self.reason.label).format(**self.facts)

    def set_aside_by(self, actor: Actor, overriding: Collection[str]) -> bool:
        """Whether the actor asked to override this reason, and may."""
        return (
            self.override is not None
            and self.reason.value in overriding
            and actor.may(self.override)
        )


class Refused(Exception):
    """An action was not done. Carries every reason, not only the first."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(refusal.reason.value for refusal in refusals))
        self.refusals = tuple(refusals)

    @property
    def words(self) -> str:
        """Every reason in one line, in the language of whoever reads it."""
        return " ".join(refusal.message for refusal in self.refusals)


def refuse(
    refusals: Sequence[Refusal], *, by: Actor, overriding: Collection[str] = ()
) -> tuple[Refusal, ...]:
    """Raise Refused when a reason stands that ``by`` does not, or may not, set aside.

    Refused carries every reason that is not a notice, those asked to be overridden
    too, so that a screen can show the whole picture. Returns what was overridden.
    """
    binding = [refusal for refusal in refusals if not refusal.notice]
    if any(not refusal.set_aside_by(by, overriding) for refusal in binding):
        raise Refused(binding)
    return tuple(binding)
