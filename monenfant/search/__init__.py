"""The public search for a place: what a family asks, what matches it, what may be shown, and the nearest ways round."""
