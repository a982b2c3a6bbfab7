"""The tags of Oscar's dashboard."""
