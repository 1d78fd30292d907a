"""The citizen's pages (floor 6).

Will hold views, forms and templates only, among them the page "Pourquoi ?" that explains a decision. Empty
today.
"""
