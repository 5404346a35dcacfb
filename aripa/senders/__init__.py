"""Titles sent by the software of courts, lawyers and notaries: read, checked and kept as a file of titles would be."""
