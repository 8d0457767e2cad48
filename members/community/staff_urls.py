from django.urls import path

from members.community.staff_views import abuse, contributors, posts

app_name = "community_staff"
urlpatterns = [
    path("community/", posts.posts, name="posts"),
    path("community/export/", posts.posts_export, name="posts-export"),
    path("community/new/", posts.boards, name="boards"),
    path("community/new/<slug:board>/", posts.post_new, name="post-new"),
    path("community/<int:pk>/", posts.post, name="post"),
    path("community/<int:pk>/publish/", posts.post_publish, name="post-publish"),
    path("community/<int:pk>/take-down/", posts.post_take_down, name="post-take-down"),
    path("community/<int:pk>/restore/", posts.post_restore, name="post-restore"),
    path("community/<int:pk>/attachments/", posts.attachment_add, name="attachment-add"),
    path("community/<int:pk>/name/", contributors.name, name="contributor-name"),
    path("community/attachments/<int:pk>/", posts.attachment, name="attachment"),
    path(
        "community/attachments/<int:pk>/remove/",
        posts.attachment_remove,
        name="attachment-remove",
    ),
    path(
        "community/comments/<int:pk>/take-down/",
        posts.comment_take_down,
        name="comment-take-down",
    ),
    path("community/reports/", abuse.reports, name="reports"),
    path("community/reports/export/", abuse.reports_export, name="reports-export"),
    path("community/reports/<int:pk>/", abuse.report, name="report"),
    path("community/reports/<int:pk>/uphold/", abuse.report_uphold, name="report-uphold"),
    path("community/reports/<int:pk>/dismiss/", abuse.report_dismiss, name="report-dismiss"),
    path("community/contributors/", contributors.contributors, name="contributors"),
    path(
        "community/contributors/export/",
        contributors.contributors_export,
        name="contributors-export",
    ),
    path("community/contributors/<int:pk>/end/", contributors.end, name="contributor-end"),
]
