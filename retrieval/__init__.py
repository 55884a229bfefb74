"""From a query to ranked passages: store, vectors, lexical index, names, fusion."""
