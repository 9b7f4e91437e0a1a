"""State machines over the database: each example in a transaction that is undone."""

import os
from contextlib import ExitStack

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from typing_extensions import override

from kortisto.core.versions import forget_everything


class UndoneMachine(RuleBasedStateMachine):
    """Leaves nothing behind. Call ``super().__init__()`` before making anything."""

    def __init__(self) -> None:
        super().__init__()
        forget_everything()  # what the last example rolled back
        self._rollback = ExitStack()
        self._rollback.enter_context(transaction.atomic())

    @override
    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._rollback.close()


def run_machine(machine: type[UndoneMachine], *, examples: int, steps: int) -> None:
    """Run so many examples of at most so many steps; slow ones are no fault.

    A quarter of them, always the same in CI, is for every run of the tests. With
    KORTISTO_SOAK (``make soak``) it is all, and chance decides which.
    """
    soak = bool(os.environ.get("KORTISTO_SOAK"))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples if soak else -(-examples // 4),
            derandomize=settings().derandomize and not soak,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
