"""The life of a case, day after day: a pure function of its facts. No clock, no database: the day is an argument."""
