"""One of several processes that race over one SQLite file.

``python -m kortisto.core.tests.race`` says ready, waits for a line, does each thing
that only one may do, and writes what it got as JSON.
"""

import json
import sys
from datetime import UTC, datetime

import django

NOON = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)


def race() -> dict[str, object]:
    """Imports come late: Django must be set up first."""
    django.setup()
    from kortisto.core.actors import job_actor
    from kortisto.core.followers import follow
    from kortisto.core.idempotency import once
    from kortisto.core.job_runs import claim
    from kortisto.core.jobs import enqueue
    from kortisto.core.models import Job
    from kortisto.core.schedules import run_due

    Job.objects.exists()  # opens the connection before the start
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    claimed = []
    while found := claim(worker="w", queues=["race"], now=NOON):
        claimed.append(found.pk)
    same = enqueue("same", {}, by=job_actor(), unique_key="same").pk
    answer = once("s", "k", request={}, do=lambda: enqueue("o", {}, by=job_actor()).pk)
    while follow("audit-chain", now=NOON):
        pass
    return {
        "claimed": claimed,
        "same": same,
        "answer": answer,
        "slots": run_due(NOON),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(race()))
