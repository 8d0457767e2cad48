"""A large association for load tests: rows in bulk, on top of the demonstration, the same for the
same seed. Counters, seats, books, papers and the audit chain agree, as ``verify`` shows.

``filling`` what all parts draw on · ``people`` and their memberships · ``library`` ·
``events`` with who comes · ``money`` they paid · ``records`` of what was read and done ·
``loading`` all of it
"""

from kosna.demo.large.filling import Scale, email_of
from kosna.demo.large.loading import load_large

__all__ = ["Scale", "email_of", "load_large"]
