"""Records and their bytes (lưu trữ): the domain model, the objects, the ledger and the catalogue."""
