"""Tests of the public figures and of the open data."""
