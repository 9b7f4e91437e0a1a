"""Whether a patron may suggest a title. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from kortisto.core.refusals import Refusal
from kortisto.domain.acquisitions.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestFacts:
    """What is known when a patron suggests a title.

    ``records``: titles of the public collection with its ISBN. ``anyway``: the patron
    has seen them and wants it all the same (another copy, another library).
    """

    is_open: bool
    waiting: int
    most_waiting: int
    suggested_before: bool
    records: Sequence[int] = ()
    anyway: bool = False


def suggestions_are_taken(facts: SuggestFacts) -> Refusal | None:
    return None if facts.is_open else Refusal(Reason.NOT_OPEN)


def there_is_room_for_one_more(facts: SuggestFacts) -> Refusal | None:
    if facts.waiting < facts.most_waiting:
        return None
    return Refusal(Reason.TOO_MANY, facts={"most": facts.most_waiting})


def it_is_not_suggested_twice(facts: SuggestFacts) -> Refusal | None:
    return Refusal(Reason.SUGGESTED_BEFORE) if facts.suggested_before else None


def the_libraries_lack_it(facts: SuggestFacts) -> Refusal | None:
    if facts.anyway or not facts.records:
        return None
    return Refusal(Reason.IN_THE_COLLECTION, facts={"records": tuple(facts.records)})


SUGGEST_RULES = (
    suggestions_are_taken,
    there_is_room_for_one_more,
    it_is_not_suggested_twice,
    the_libraries_lack_it,
)


def reasons_against(facts: SuggestFacts) -> list[Refusal]:
    """Every reason, in the order of the rules."""
    found = (rule(facts) for rule in SUGGEST_RULES)
    return [refusal for refusal in found if refusal is not None]


def is_web_address(text: str) -> bool:
    """Only http and https: a link with a script in it is never kept."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    )
