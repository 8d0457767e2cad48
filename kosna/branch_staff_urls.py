from django.urls import path

from kosna.views import branch_notices, branches, proposals, terms

app_name = "branches_staff"
urlpatterns = [
    path("branches/", branches.staff_branches, name="branches"),
    path("branches/export/", branches.branches_export, name="branches-export"),
    path("branches/new/", branches.staff_branch, name="new"),
    path("branches/<slug:code>/", branches.staff_branch, name="branch"),
    path("branches/<slug:code>/close/", branches.staff_close, name="close"),
    path("branches/<slug:code>/terms/new/", terms.term_add, name="term-add"),
    path("terms/", terms.terms, name="terms"),
    path("terms/export/", terms.terms_export, name="terms-export"),
    path("terms/<int:pk>/renew/", terms.term_renew, name="term-renew"),
    path("terms/<int:pk>/end/", terms.term_end, name="term-end"),
    path("branches/<slug:code>/appoint/", branches.staff_appoint, name="appoint"),
    path("appointments/<int:pk>/end/", branches.staff_end_appointment, name="end-appointment"),
    path("notices/", branch_notices.notices, name="notices"),
    path("notices/export/", branch_notices.notices_export, name="notices-export"),
    path("notices/new/", branch_notices.notice_new, name="notice-new"),
    path("notices/<int:pk>/", branch_notices.notice, name="notice"),
    path("notices/<int:pk>/withdraw/", branch_notices.notice_withdraw, name="notice-withdraw"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/export/", proposals.proposals_export, name="proposals-export"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/confirm/", proposals.proposal_confirm, name="proposal-confirm"),
    path("proposals/<int:pk>/refuse/", proposals.proposal_refuse, name="proposal-refuse"),
]
