"""What `twincore fetch` does: it gets or builds what a target needs, once, and checks it."""
