"""The notice of a decision: a short text for telephones, a letter as a page and as PDF, in French and Arabic."""
