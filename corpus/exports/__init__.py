"""The way out: one record in the forms that other catalogues, reference managers and searchers read."""
