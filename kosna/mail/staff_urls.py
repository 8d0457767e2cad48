from django.urls import path

from kosna.mail import staff_views

app_name = "mail_staff"
urlpatterns = [
    path("mail/", staff_views.messages_list, name="messages"),
    path("mail/<int:pk>/retry/", staff_views.retry, name="retry"),
]
