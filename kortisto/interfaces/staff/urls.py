"""Every staff page and who may open it, subject by subject."""

from kortisto.interfaces.staff.pages import account, front, login, workplace

urlpatterns = [
    *login.urlpatterns,
    *workplace.urlpatterns,
    *account.urlpatterns,
    *front.urlpatterns,
]
