"""``kortisto work``: jobs, followers of the event log, schedules."""

import argparse

from kortisto.interfaces.cli.process import must_be_migrated, start_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--job-threads",
        type=int,
        choices=range(1, 17),
        default=1,
        metavar="N",
        help="jobs at the same time in this process (1)",
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    must_be_migrated()
    from kortisto.core.worker import run_forever

    run_forever(job_threads=options.job_threads)
    return 0
