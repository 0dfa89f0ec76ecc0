"""Kill everything that can be killed while jobs run, and count what was lost, doubled or forgotten."""
