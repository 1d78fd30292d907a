"""The citizen's pages (floor 6): views, forms and templates only.

Today the start page, the check of a notice's code, and the frame and words of the pages of sign-in. The page
"Pourquoi ?" that explains a decision will stand here.
"""
