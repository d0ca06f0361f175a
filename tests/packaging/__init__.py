"""What is shipped: the wheel, installed where no checkout is."""
