"""Finding, comparing and explaining recorded runs."""
