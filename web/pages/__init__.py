"""The pages, a file a topic: each reads its request, calls `perform` or a query, and renders."""
