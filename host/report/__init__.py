"""What people read: one HTML file, and its plain siblings."""
