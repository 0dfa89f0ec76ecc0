"""From what a writer answered to rows: shape, references, rules of rows, repair, and what follows."""
