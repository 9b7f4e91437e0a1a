from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.opac.urls"))]
handler400 = "kortisto.interfaces.opac.pages.information.odd_address"
handler404 = "kortisto.interfaces.opac.pages.information.not_found"
handler500 = "kortisto.interfaces.opac.pages.information.broken"
