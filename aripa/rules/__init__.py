"""Pure rules of the recovery of child support and of the ASF: no ORM, no clock, no setting."""
