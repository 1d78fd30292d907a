"""Claims, decisions, appeals, and later payments and accompaniment (floor 4).

A claim brings facts and asks for a decision; a decision is what the law says of the facts known, and never changes; an
appeal asks for another one.  What a programme asks of a claim stands in `programmes`, as data; the days that the
procedure gives stand in `procedure`, as dated parameters with their status; what happened to a file is read in
`timeline`.
"""
