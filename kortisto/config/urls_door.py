from django.urls import include, path

urlpatterns = [path("", include("kortisto.interfaces.door.urls"))]
handler404 = "kortisto.interfaces.door.views.not_found"
handler500 = "kortisto.interfaces.door.views.broken"
