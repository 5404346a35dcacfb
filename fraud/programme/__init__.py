"""The yearly control programme (CSS L. 114-9), its figures computed from cases, its synthesis."""
