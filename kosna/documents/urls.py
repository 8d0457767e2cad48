from django.urls import path

from kosna.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.verify, name="verify"),
    path("<str:code>/", views.verified, name="verified"),
    path("<str:code>/document.pdf", views.pdf, name="pdf"),
]
