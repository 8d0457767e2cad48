"""/staff/settlements/: branches' statements, and the adjustments that stand in them."""

from django.urls import path

from kosna.payments.staff_views import adjustments as corrections
from kosna.payments.staff_views import statements

urlpatterns = [
    path("", statements.statement_list, name="statements"),
    path("export/", statements.statement_sheets, name="statement-sheets"),
    path("adjustments/", corrections.adjustments, name="adjustments"),
    path("adjustments/export/", corrections.adjustments_export, name="adjustments-export"),
    path("adjustments/new/", corrections.adjustment_new, name="adjustment-new"),
    path("adjustments/<int:pk>/", corrections.adjustment, name="adjustment"),
    path(
        "adjustments/<int:pk>/confirm/", corrections.adjustment_confirm, name="adjustment-confirm"
    ),
    path("adjustments/<int:pk>/refuse/", corrections.adjustment_refuse, name="adjustment-refuse"),
    path("<int:pk>/", statements.statement, name="statement"),
    path("<int:pk>/prepare/", statements.statement_prepare, name="statement-prepare"),
    path("<int:pk>/approve/", statements.statement_approve, name="statement-approve"),
    path("<int:pk>/return/", statements.statement_return, name="statement-return"),
    path("<int:pk>/lock/", statements.statement_lock, name="statement-lock"),
    path("<int:pk>/payout/", statements.statement_payout, name="statement-payout"),
    path("<int:pk>/statement.pdf", statements.statement_pdf, name="statement-pdf"),
    path("<int:pk>/export/", statements.statement_sheet, name="statement-sheet"),
]
