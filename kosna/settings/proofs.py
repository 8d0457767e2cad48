"""Proofs of payments (증빙): amounts and days that the law may change."""

from kosna.settings.environment import env

# A proof is given for more than this.
INVOICE_ABOVE_WON = env.whole("INVOICE_ABOVE_WON", 30_000, least=0)
CASH_RECEIPT_ABOVE_WON = env.whole("CASH_RECEIPT_ABOVE_WON", 30_000, least=0)
# How long after the payment a buyer may ask for one.
PROOF_MONTHS = env.whole("PROOF_MONTHS", 1, least=1, most=120)
# The day of the following month by which an invoice is issued.
INVOICE_DUE_DAY = env.whole("INVOICE_DUE_DAY", 10, least=1, most=31)
# 자진발급: from this amount on a cash receipt is issued though nobody asked for one, to the number
# that the tax office designated, within so many days after the payment.
CASH_RECEIPT_SELF_FROM_WON = env.whole("CASH_RECEIPT_SELF_FROM_WON", 100_000, least=0)
CASH_RECEIPT_SELF_NUMBER = env.like(
    "CASH_RECEIPT_SELF_NUMBER",
    "010-000-1234",
    r"01[0-9]-[0-9]{3,4}-[0-9]{4}",
    such="the number that the tax office designated: 010-000-1234",
)
CASH_RECEIPT_DAYS = env.whole("CASH_RECEIPT_DAYS", 5, least=1, most=365)
