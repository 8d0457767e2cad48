from django.urls import path

from members.community.views import boards, contributors, exchange, weekly

app_name = "community"
urlpatterns = [
    path("", boards.index, name="index"),
    path("contributors/", contributors.contributors, name="contributors"),
    path("contributors/mine/", contributors.mine, name="contributor-mine"),
    path("contributors/mine/leave/", contributors.leave, name="contributor-leave"),
    path("exchange/new/", exchange.post_new, name="post-new"),
    path("exchange/<int:pk>/edit/", exchange.post_edit, name="post-edit"),
    path("exchange/<int:pk>/remove/", exchange.post_remove, name="post-remove"),
    path("exchange/<int:pk>/report/", exchange.post_report, name="post-report"),
    path("exchange/<int:pk>/comments/", exchange.comment_add, name="comment-add"),
    path("comments/<int:pk>/edit/", exchange.comment_edit, name="comment-edit"),
    path("comments/<int:pk>/remove/", exchange.comment_remove, name="comment-remove"),
    path("comments/<int:pk>/report/", exchange.comment_report, name="comment-report"),
    path("attachments/<int:pk>/remove/", exchange.attachment_remove, name="attachment-remove"),
    path("weekly/", weekly.weekly, name="weekly"),
    path("weekly/ask/", weekly.ask, name="weekly-ask"),
    path("weekly/end/", weekly.end, name="weekly-end"),
    path("weekly/stop/<str:token>/", weekly.stop, name="weekly-stop"),
    path("<slug:board>/", boards.board, name="board"),
    path("<slug:board>/feed/", boards.feed, name="feed"),
    path("<slug:board>/<int:pk>/", boards.post, name="post"),
    path("<slug:board>/<int:pk>/attachments/<int:file>/", boards.attachment, name="attachment"),
]
