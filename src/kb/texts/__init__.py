"""From a text to its passages: what is a heading, a sentence, a cell, a citation; and the graph that records them."""
