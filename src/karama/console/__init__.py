"""The staff's pages and decision pages (floor 6).

Will hold views, forms and templates only. Empty today.
"""
