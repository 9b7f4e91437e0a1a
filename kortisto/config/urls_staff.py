from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.staff.urls"))]
handler400 = "kortisto.interfaces.staff.pages.errors.odd_address"
handler404 = "kortisto.interfaces.staff.pages.errors.not_found"
handler500 = "kortisto.interfaces.staff.pages.errors.broken"
