"""Every staff page and who may open it, subject by subject."""

from kortisto.interfaces.staff.pages import (
    account,
    checkin,
    desk,
    front,
    login,
    patrons,
    renewals,
    scan,
    workplace,
)

urlpatterns = [
    *login.urlpatterns,
    *workplace.urlpatterns,
    *account.urlpatterns,
    *front.urlpatterns,
    *scan.urlpatterns,
    *checkin.urlpatterns,
    *desk.urlpatterns,
    *renewals.urlpatterns,
    *patrons.urlpatterns,
]
