app_name = "branches_staff"
urlpatterns: list = []
