app_name = "audit_staff"
urlpatterns: list = []
