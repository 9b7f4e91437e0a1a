from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.opac.urls"))]
