"""What the two parents of a case read and do: each their own view, never the other's."""
