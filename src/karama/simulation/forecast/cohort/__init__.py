"""The same future by matrices, in seconds: a deterministic cohort version that checks the microsimulation.

Nobody is drawn.  Households stand in cells: a status of the right, and the months since their youngest counted child
was born (or none).  Children stand in the cells of their household's status, of its youngest child's age and of their
own.  Each month everybody grows a month older; births move a household with its children to a youngest child of age 0
(a Leslie matrix on households); a matrix of the statuses says who gains or loses the right.  Its entries are the
forecast's rates averaged over the cells of the register; those of the score come from a chain of its own on bins of the
usual score.  Amounts per child and per family are those that the law gives the register's cells, month by month.
"""

from __future__ import annotations

from karama.simulation.forecast.cohort.model import cohort

__all__ = ["cohort"]
