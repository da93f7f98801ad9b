"""What users say of digits that were misread: kept in one file, and learnt from."""
