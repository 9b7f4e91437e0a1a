from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.opac.urls"))]
handler404 = "kortisto.interfaces.opac.pages.information.not_found"
handler500 = "kortisto.interfaces.opac.pages.information.broken"
