"""What doors may ask. Only ``health`` needs no token."""

from django.urls import path

from kortisto.interfaces.door import views

urlpatterns = [
    path("door/v1/entries", views.entries, name="entries"),
    path("door/v1/block-list.csv", views.block_list_csv, name="block_list_csv"),
    path("door/v1/block-list.xml", views.block_list_xml, name="block_list_xml"),
    path("door/v1/health", views.health, name="health"),
]
