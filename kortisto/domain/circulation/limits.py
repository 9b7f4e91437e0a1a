"""Whether a sum that is owed bars borrowing. Pure."""

from kortisto.core.money import euros
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.category_terms import Limit


def within(reason: Reason, owed: int, limit: Limit) -> Refusal | None:
    """Only a sum over the limit bars. The refusal tells who decided it, for "Why?"."""
    if limit.cents is None or owed <= limit.cents:
        return None
    decided_by = "category" if limit.of_category else "setting"
    sums = {"owed": euros(owed), "limit": euros(limit.cents)}
    return Refusal(reason, facts={**sums, "decided_by": decided_by})
