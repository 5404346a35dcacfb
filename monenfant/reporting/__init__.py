"""What professionals tell of their places: their week, what they publish, stops, contacts, and the links sent to them."""
