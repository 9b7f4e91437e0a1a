"""What ``kortisto check`` looks at in money."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.domain.fees.models import JournalEntry
from kortisto.domain.fees.queries import unbalanced_entries


@check("journal", gettext_lazy("Debits equal credits in every journal entry."))
def journal_balances() -> Iterator[Finding]:
    for entry_id in unbalanced_entries():
        yield Finding(
            _("Journal entry {entry} does not balance.").format(entry=entry_id),
            _("Reverse the entry and post it anew."),
        )


@check("empty-entries", gettext_lazy("Every journal entry moves money."))
def entries_have_postings() -> Iterator[Finding]:
    empty = JournalEntry.objects.filter(postings=None).count()
    if empty:
        yield Finding(
            _("{count} journal entries have no lines.").format(count=empty),
            _("Restore the lines from a backup."),
        )
