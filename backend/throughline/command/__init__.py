"""What an operator types: serve, up, migrate, seed, tenants and users."""
