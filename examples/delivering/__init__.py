"""Five ways to call `deliver`: choose one. It does no harm to have two."""
