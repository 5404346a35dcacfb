"""The flow files of intermediation: what each kind holds, what its rows must be, and where they go."""
