from django.urls import path

from members.directory.views import introductions, own

app_name = "directory_me"
urlpatterns = [
    path("directory/", own.own, name="own"),
    path("directory/preview/", own.preview, name="preview"),
    path("directory/open/", own.open_own, name="open"),
    path("directory/close/", own.close_own, name="close"),
    path("directory/plead/", own.plead, name="plead"),
    path("directory/blocks/<int:pk>/end/", own.block_end, name="block-end"),
    path("introductions/", introductions.introductions, name="introductions"),
    path("introductions/<int:pk>/", introductions.introduction, name="introduction"),
    path("introductions/<int:pk>/accept/", introductions.accept, name="accept"),
    path("introductions/<int:pk>/decline/", introductions.decline, name="decline"),
    path("introductions/<int:pk>/withdraw/", introductions.withdraw, name="withdraw"),
    path("introductions/<int:pk>/block/", introductions.block, name="block"),
    path("introductions/<int:pk>/report/", introductions.report, name="report"),
]
