"""What numbers are counted in: “1 day”, “2 days”, in the reader's language."""

from typing import Final

from django.utils.translation import ngettext_lazy

MINUTES: Final = ngettext_lazy("%(count)d minute", "%(count)d minutes", "count")
HOURS: Final = ngettext_lazy("%(count)d hour", "%(count)d hours", "count")
DAYS: Final = ngettext_lazy("%(count)d day", "%(count)d days", "count")
MONTHS: Final = ngettext_lazy("%(count)d month", "%(count)d months", "count")
YEARS: Final = ngettext_lazy("%(count)d year", "%(count)d years", "count")
TIMES: Final = ngettext_lazy("%(count)d time", "%(count)d times", "count")
DIGITS: Final = ngettext_lazy("%(count)d digit", "%(count)d digits", "count")
