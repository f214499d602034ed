"""What every table is made with: one metadata, its names, and the tenant in front."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, String

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def tenant() -> Column[str]:
    """Of tables that hang on another one of the tenant's: that one's key holds the tenant to account."""
    return Column("tenant_id", String, nullable=False)


def root() -> Column[str]:
    """Of tables that hang on nothing else, or may."""
    return Column("tenant_id", String, ForeignKey("tenants.id"), nullable=False)


def of(name: str, table: str) -> ForeignKeyConstraint:
    """A column names a row of another table, of the same tenant."""
    return ForeignKeyConstraint(["tenant_id", name], [f"{table}.tenant_id", f"{table}.id"])
