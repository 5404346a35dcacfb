"""What the law and the site ask of places, their reports and their follow-up. Pure: no database, no clock."""
