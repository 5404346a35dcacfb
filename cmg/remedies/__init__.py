"""Making a family whole: advances, refunds, overpayments, the emergency board, reports. Money moves by ledger and order."""
