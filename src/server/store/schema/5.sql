-- Schema 5. The tables that were seen on the pages of training documents.

ALTER TABLE training ADD COLUMN tables TEXT NOT NULL DEFAULT '';  -- JSON: the tables of its pages, in order; empty where nobody looked
