"""Whether a world holds together: W01 to W16, citations of facts, cohesion."""
