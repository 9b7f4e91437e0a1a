from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.staff.urls"))]
handler404 = "kortisto.interfaces.staff.pages.errors.not_found"
handler500 = "kortisto.interfaces.staff.pages.errors.broken"
