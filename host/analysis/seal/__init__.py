"""A bundle's files, only as far as signature, seal and manifest vouch for them."""
