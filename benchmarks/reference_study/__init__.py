"""The reference study: the five questions, on small encoders and real data, by one command."""
