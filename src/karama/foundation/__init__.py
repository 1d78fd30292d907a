"""Floor 0: months, money, errors, words, charts, documents, progress and storage; every other floor may use it."""
