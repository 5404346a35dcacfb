"""References written from the text alone, without a line of the project: what they say must come out to the cent."""
