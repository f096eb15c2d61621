"""Looking round without a query: the page of a thing, the search for a name, the overview of it all."""
