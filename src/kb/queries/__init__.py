"""Questions to the knowledge base, bundled or the asker's own, from a name or a text to a written answer.

The way of a question: ``asking`` has the whole of it, ``requests`` what goes in and comes out. A bundled one is found by
``bundled``, which reads its ``header``; the asker's own is looked at by ``guard`` and helped by ``own_query`` and
``unknown_terms``. ``parameters`` binds values; ``syntax_errors`` words the engine's complaints; ``deadline`` ends it all.
"""
