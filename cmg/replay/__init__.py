"""The incident of June 2019, replayed on a made-up population by two circuits: without a gate, and with it."""
