"""Floor 0: months, money, errors, languages, progress and storage, known to every other floor and knowing none."""
