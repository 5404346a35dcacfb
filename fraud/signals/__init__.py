"""Matching rules over the portal's own data, and the leads they give to people. No lead stops anything."""
