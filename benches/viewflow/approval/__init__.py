"""The app that the flows belong to."""
