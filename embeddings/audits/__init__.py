"""The extractors that see no face: what they tell apart, a photo shows by a shortcut (`--audit`). A module each."""
