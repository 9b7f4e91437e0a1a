from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.staff.urls"))]
