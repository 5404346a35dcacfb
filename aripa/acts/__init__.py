"""What a person may tell or decide of a case: each act is an event, entered like the row of a file."""
