"""What people do to a world: rows, rosters, the party, candidates, accepting."""
