"""What goes to a target beside the tests. Nothing here imports it: its files are read."""
