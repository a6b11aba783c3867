"""The HTTP edge, and the only package that assembles the whole product."""
