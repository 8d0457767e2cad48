from django.urls import path

from kosna.views import batches

app_name = "batches"
urlpatterns = [
    path("batches/", batches.batch_list, name="batches"),
    path("batches/<uuid:uuid>/", batches.batch, name="batch"),
    path("batches/<uuid:uuid>/file/", batches.batch_file, name="file"),
    path("batches/<uuid:uuid>/cancel/", batches.cancel, name="cancel"),
    path("batches/<uuid:uuid>/again/", batches.run_again, name="again"),
]
