app_name = "research_staff"
urlpatterns: list = []
