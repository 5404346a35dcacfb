"""Public figures of childcare: counted each night, made publishable, drawn and given as open data."""
