"""Catalogues in: fetched, checked, graded, kept in step; links looked after."""
