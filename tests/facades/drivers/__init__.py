"""One driver for each door: what a test says in the words of the product, said over HTTP in the words of the door."""
