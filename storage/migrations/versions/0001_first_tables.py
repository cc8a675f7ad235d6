"""The first tables: batches, papers, documents, leases, stages; records, their files, reuses."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Moment, identifier

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("expected_sheets", sa.Integer(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_folder_state"), "batches", ["folder", "state"], unique=False)
    op.create_table(
        "leases",
        sa.Column("subject", identifier(), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_leases")),
    )
    op.create_table(
        "records",
        sa.Column("record_id", identifier(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("type_code", sa.String(length=64), nullable=False),
        sa.Column("owner_index", sa.String(length=64), nullable=True),
        sa.Column("likeness", sa.String(length=64), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_likeness"), "records", ["likeness"], unique=False)
    op.create_index(op.f("ix_records_owner_index_type_code"), "records", ["owner_index", "type_code"], unique=False)
    op.create_index(op.f("ix_records_state"), "records", ["state"], unique=False)
    op.create_table(
        "reuses",
        sa.Column("id", identifier(), nullable=False),
        sa.Column("record_id", identifier(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reuses")),
    )
    op.create_index(op.f("ix_reuses_record_id"), "reuses", ["record_id"], unique=False)
    op.create_table(
        "stages",
        sa.Column("subject", identifier(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=True),
        sa.Column("output_hash", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "stage", name=op.f("pk_stages")),
    )
    op.create_table(
        "papers",
        sa.Column("received", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", identifier(), nullable=False),
        sa.Column("batch", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=True),
        sa.Column("dossier", sa.Text(), nullable=True),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("owner_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("owner_index", sa.String(length=64), nullable=True),
        sa.Column("type_hint", sa.String(length=64), nullable=True),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batches.code"], name=op.f("fk_papers_batch")),
        sa.PrimaryKeyConstraint("received", name=op.f("pk_papers")),
        sa.UniqueConstraint("batch", "source", "sha256", name=op.f("uq_papers_batch_source_sha256")),
        sa.UniqueConstraint("id", name=op.f("uq_papers_id")),
    )
    op.create_index(op.f("ix_papers_sha256"), "papers", ["sha256"], unique=False)
    op.create_table(
        "record_files",
        sa.Column("record_id", identifier(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.record_id"], name=op.f("fk_record_files_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "role", "sha256", name=op.f("pk_record_files")),
    )
    op.create_index(op.f("ix_record_files_sha256"), "record_files", ["sha256"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", identifier(), nullable=False),
        sa.Column("paper_id", identifier(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("waiting_for", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_documents_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "paper_id", "first_page", "last_page", name=op.f("uq_documents_paper_id_first_page_last_page")
        ),
    )
