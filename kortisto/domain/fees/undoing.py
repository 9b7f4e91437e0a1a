"""What a patron owes, after a merge of two records was taken back.

``core`` looks for modules of this name.
"""

from kortisto.domain.fees.models import Posting
from kortisto.domain.patrons.merging import mends


@mends
def postings_follow_their_charges(survivor_id: int, other_id: int) -> None:
    """A payment that came meanwhile stays with the charge that it paid."""
    lines = Posting.objects.filter(patron_id=survivor_id, charge__patron_id=other_id)
    lines.update(patron_id=other_id)
