"""Completeness: what of the documents is accounted for (``claims``), and what of their texts (``text``)."""
