"""What the product can do, measured against something named, in one run: `python -m bench`."""
