"""My page. What only members or payments know is shown here side by side."""

from django.urls import path

from kosna.views import me

app_name = "me"
urlpatterns = [
    path("", me.me, name="me"),
]
