"""Every staff page and who may open it, subject by subject."""

from kortisto.interfaces.staff.pages import (
    account,
    calendars,
    checkin,
    desk,
    first_steps,
    front,
    items,
    login,
    patrons,
    renewals,
    rule_draft,
    rules,
    scan,
    titles,
    workplace,
)

urlpatterns = [
    *login.urlpatterns,
    *workplace.urlpatterns,
    *account.urlpatterns,
    *first_steps.urlpatterns,
    *front.urlpatterns,
    *scan.urlpatterns,
    *checkin.urlpatterns,
    *desk.urlpatterns,
    *renewals.urlpatterns,
    *patrons.urlpatterns,
    *titles.urlpatterns,
    *items.urlpatterns,
    *rules.urlpatterns,
    *rule_draft.urlpatterns,
    *calendars.urlpatterns,
]
