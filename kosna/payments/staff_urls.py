app_name = "payments_staff"
urlpatterns: list = []
