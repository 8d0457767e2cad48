"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from kosna import me_views

app_name = "me"
urlpatterns = [
    path("", me_views.me, name="me"),
]
