"""Reading the journal again: monthly sampling, questions, alarms."""
