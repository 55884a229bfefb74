"""To import this is to end with the parent: the first thing that the process does from which tests fork."""

from tests.processes import end_with_parent

end_with_parent()
