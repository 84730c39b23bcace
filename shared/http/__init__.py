"""The HTTP edge: application, middleware, problems, authentication, idempotency."""
