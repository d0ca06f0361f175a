"""The life cycle of a member, told once and played through each door, and through both: one writes, the other reads."""
