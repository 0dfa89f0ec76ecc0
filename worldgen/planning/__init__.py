"""What a run does next, decided from plain data: parts, their order, and what follows from how they ended."""
