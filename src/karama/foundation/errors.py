"""Every error a user can meet, and the exit code of each class.

```
KaramaError                 1
├── BadInputError           3   a file, a row, a value the user gave is wrong
├── UnknownParameterError   4   a parameter, a formula or a programme nobody defined
├── LawError                5   the law as written does not hold together (cycle, missing input, no value at the date)
├── IntegrityError          6   a stored result is not what its manifest says
├── StorageError            7   a disk is full, a folder cannot be written
├── InterruptedWorkError    8   the work was stopped before its end
├── NotAllowedError         9   who asks has no right to it
├── ConflictError          10   what is asked does not fit what the record already holds
└── UnsoundServiceError    11   the service needs somebody's care
```

A wrong call of the command line exits with 2.  Each message names the place, the rule broken and the remedy.
"""

from __future__ import annotations


class KaramaError(Exception):
    """Root of the errors shown to users, without traceback, on standard error."""

    exit_code = 1


class BadInputError(KaramaError):
    """A value given by the user breaks a rule; the message names file, row, column, value, rule and remedy."""

    exit_code = 3


class UnknownParameterError(KaramaError):
    """A name that nobody defined; the message proposes the nearest one."""

    exit_code = 4


class LawError(KaramaError):
    """The formulas and parameters do not form a computable law; names formula, file and month."""

    exit_code = 5


class IntegrityError(KaramaError):
    """A stored result differs from its manifest or from its replay."""

    exit_code = 6


class StorageError(KaramaError):
    """Files cannot be read or written (full disk, missing rights)."""

    exit_code = 7


class InterruptedWorkError(KaramaError):
    """The work was stopped before its end; nothing half-done is left."""

    exit_code = 8


class NotAllowedError(KaramaError):
    """Who asks has no right to what is asked; says which right would be needed."""

    exit_code = 9


class ConflictError(KaramaError):
    """What is asked does not fit what the record holds: decided already, withdrawn, claimed twice; says what holds."""

    exit_code = 10


class UnsoundServiceError(KaramaError):
    """A check of the service failed; `karama doctor` says which, with its remedy."""

    exit_code = 11
