"""Every staff page and who may open it, subject by subject."""

from kortisto.interfaces.staff.pages import login

urlpatterns = [*login.urlpatterns]
