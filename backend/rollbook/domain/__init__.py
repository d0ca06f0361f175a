"""What is true: the values and rules of membership, without I/O and without any framework."""
