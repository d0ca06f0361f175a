"""How it is kept: the only SQL. Statements are said in SQLAlchemy Core and run by the drivers themselves."""
