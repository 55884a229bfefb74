"""Addresses in texts: found in any form, and shown only where they are the record's own."""
