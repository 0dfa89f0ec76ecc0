"""The life of a run: what was wished, what it may spend, its rows, its parts."""
