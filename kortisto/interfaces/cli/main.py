"""``kortisto``: every command, its words, and what becomes of trouble."""

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from kortisto.interfaces.cli import (
    backup,
    check,
    exporting,
    importing,
    importing_patrons,
    log,
    manage,
    migrate,
    pseudonymising,
    redating,
    reindex,
    retention,
    run_demo,
    serve,
    simulate,
    staff,
    vault,
    work,
)
from kortisto.interfaces.cli.trouble import in_plain_words

WRONG_USE = 2  # exit code for bad input, as argparse has it
INTERRUPTED = 130
OTHERS = 0o077  # who may not read what is made here: databases, indexes, logs

COMMANDS: dict[str, tuple[ModuleType, str]] = {
    "demo": (run_demo, "build the demo consortium and serve it here"),
    "migrate": (migrate, "create or upgrade the database"),
    "serve": (serve, "run the public site, the staff site or the doors"),
    "work": (work, "run jobs, followers of events and schedules"),
    "check": (check, "test this installation's invariants, in plain words"),
    "import": (importing, "bring MARC records and items in"),
    "import-patrons": (importing_patrons, "bring patrons of an earlier system in"),
    "export": (exporting, "write MARC records and items out"),
    "redate-cards": (redating, "give cards the validity that is set now"),
    "reindex": (reindex, "build the search index of this machine anew"),
    "pseudonymise": (pseudonymising, "make a copy of the database fit for tests"),
    "retention": (retention, "what the coming night would remove; removes nothing"),
    "backup": (backup, "write encrypted backups, prove them, restore one"),
    "log": (log, "read the archive of the event log, a month at a time"),
    "simulate": (simulate, "stand-ins for services of others, to try things"),
    "staff": (staff, "accounts of staff: make the first administrator"),
    "vault": (vault, "the store of personal identity codes: run and look after it"),
    "manage": (manage, "Django's own commands, for developers"),
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="kortisto",
        description="Kortisto, a library system for a consortium of libraries.",
        epilog="docs/configuration.md explains the KORTISTO_... variables.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, about) in COMMANDS.items():
        module.arguments(
            commands.add_parser(
                name, help=about, description=about[0].upper() + about[1:] + "."
            )
        )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: it found something wrong; 2: bad input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["manage"]:  # everything after it belongs to Django
        return manage.passes_on(given[1:])
    os.umask(OTHERS)
    options = parser().parse_args(given)
    module, _ = COMMANDS[options.command]
    try:
        code: int = module.run(options)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as head, went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        message = in_plain_words(error)
        if message is None:
            raise
        print(f"kortisto {options.command}: {message}", file=sys.stderr)
        return WRONG_USE
    return code


if __name__ == "__main__":
    sys.exit(main())
