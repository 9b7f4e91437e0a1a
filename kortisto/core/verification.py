"""Verify the audit chain as a job: a long log takes its time."""

from typing import Any, Final

from kortisto.core.audit import Verdict, verify
from kortisto.core.jobs import JobContext, job

VERIFY: Final = "core.verify-audit-chain"


@job(VERIFY)
def verify_chain(context: JobContext) -> dict[str, Any]:
    """Compute the whole chain anew; a broken one is told in the result."""
    return as_json(verify(context.progress))


def as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "whole": verdict.whole,
        "broken": verdict.broken,
        "not_told": verdict.not_told,
        "seals": verdict.seals,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
    }
