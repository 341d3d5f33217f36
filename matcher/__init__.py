"""The words, the tables, what people do with them."""
