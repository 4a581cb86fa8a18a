"""Tables for papers, in booktabs' style."""
