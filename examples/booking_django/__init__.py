"""A booking page in Django: the pages, the leads they leave behind, and a command that delivers."""
