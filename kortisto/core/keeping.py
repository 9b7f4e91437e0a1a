"""How long each kind of data is kept, and how much of it the coming night will remove.

Every app says it of its own, in a module called ``retention``. The report of staff and
the public description of the register ask here, so that both say what is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kortisto.core.models import Job

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind of data. ``period`` tells how long, from the settings of the moment.

    ``due`` counts the rows that the ``job`` would remove if it ran now; None for what
    never goes by itself. ``setting`` is the key of what decides the period.
    """

    code: str
    title: "Promise | str"
    period: Callable[[], "Promise | str"]
    how: "Promise | str"
    due: Callable[[datetime], int] | None = None
    job: str = ""
    counted: tuple[str, ...] = ()  # the names of this kind in the job's result
    setting: str = ""
    technical: bool = False  # told last


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``tonight`` None: it never goes by itself. ``last_*``: the newest ended run."""

    kept: Kept
    period: str
    tonight: int | None
    last_at: datetime | None
    last_removed: int | None


_kept: dict[str, Kept] = {}


def declare(*declared: Kept) -> None:
    """Raises ValueError when two kinds have one code."""
    for one in declared:
        if one.code in _kept:
            message = f"two kinds of data are called {one.code}"
            raise ValueError(message)
        _kept[one.code] = one


def everything_kept() -> Sequence[Kept]:
    """What concerns people first, in the order in which it was declared."""
    return tuple(sorted(_kept.values(), key=lambda one: one.technical))


def report(now: datetime) -> list[Report]:
    """What would go tonight, and what went last: changes nothing."""
    kinds = {one.job for one in _kept.values() if one.job}
    runs = {kind: _last_run(kind) for kind in sorted(kinds)}
    return [_report(one, runs.get(one.job), now) for one in everything_kept()]


def _last_run(kind: str) -> Job | None:
    done = Job.objects.filter(kind=kind, state=Job.State.DONE)
    return done.order_by("-created_at", "-pk").first()


def _report(one: Kept, run: Job | None, now: datetime) -> Report:
    result = run.result if run is not None and isinstance(run.result, dict) else {}
    numbers = [
        result[name] for name in one.counted if isinstance(result.get(name), int)
    ]
    return Report(
        kept=one,
        period=str(one.period()),
        tonight=None if one.due is None else one.due(now),
        last_at=None if run is None else run.finished_at,
        last_removed=sum(numbers) if numbers else None,
    )
