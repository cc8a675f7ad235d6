"""How long each lease was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # 60 is what a lease lasts where nobody sets it otherwise.
    op.add_column("leases", sa.Column("seconds", sa.Integer(), server_default=sa.text("60"), nullable=False))
