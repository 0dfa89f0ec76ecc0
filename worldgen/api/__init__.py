"""The endpoints of worlds."""
