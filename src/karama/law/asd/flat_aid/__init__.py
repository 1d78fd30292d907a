"""Flat aid (aide forfaitaire)."""
