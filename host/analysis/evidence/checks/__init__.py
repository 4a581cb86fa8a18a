"""What a bundle's contents must fulfil beyond their digests: one file per subject.

A seal without a signature only says that nothing changed since it was made. These checks find what
somebody with the sealing tools changed, as far as the bundle contradicts itself, its spec or the
agent's own rules.
"""
