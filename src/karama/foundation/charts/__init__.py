"""Charts drawn by Altair and vl-convert, without a browser or a network: for pages, for print and for notebooks."""
