-- Schema 1. Times (…_ms) are milliseconds since 1970, UTC; days are days since 1970. JSON is opaque text to the store.
-- `content`, `image` and `learned` name files in the folder of contents by their sha256 (64 hexadecimal digits).

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE model (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL DEFAULT '',                  -- what persons call it
    kind       TEXT NOT NULL,
    fixed      INTEGER NOT NULL CHECK (fixed IN (0, 1)),  -- 1: never trained
    whole      INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1)),  -- 1: it speaks of all pages of a file at once
    state      INTEGER NOT NULL CHECK (state BETWEEN -1 AND 6),
    note       TEXT NOT NULL DEFAULT '',                  -- why the last training failed
    accuracy   REAL,
    report     TEXT,                                      -- JSON: what the last training measured
    learned    TEXT,
    version    INTEGER NOT NULL DEFAULT 0,                -- which of its versions that is; 0: none
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX model_learned ON model (learned) WHERE learned IS NOT NULL;

-- What a model learned, training by training; it can go back to each.
CREATE TABLE version (
    model     TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,                -- from 1
    learned   TEXT NOT NULL,
    accuracy  REAL,
    report    TEXT NOT NULL,                   -- JSON
    documents INTEGER NOT NULL,                -- how many it was trained with
    made_ms   INTEGER NOT NULL,
    PRIMARY KEY (model, number)
) STRICT;
CREATE INDEX version_learned ON version (learned);

CREATE TABLE label (
    id    TEXT PRIMARY KEY,
    model TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name  TEXT NOT NULL,
    kind  TEXT NOT NULL DEFAULT '',            -- how its values are typed, where somebody said so
    UNIQUE (model, name)
) STRICT;

CREATE TABLE file (
    seq          INTEGER PRIMARY KEY,          -- order of arrival
    id           TEXT NOT NULL UNIQUE,
    model        TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    content      TEXT NOT NULL,
    size         INTEGER NOT NULL,             -- bytes
    metadata     TEXT NOT NULL,
    pages_wanted TEXT NOT NULL,
    language     TEXT NOT NULL,
    password     TEXT,                         -- of an encrypted document; gone with the file
    lane         INTEGER NOT NULL CHECK (lane IN (0, 1)),
    status       TEXT NOT NULL CHECK (status IN ('pending', 'success', 'failure')),
    message      TEXT NOT NULL DEFAULT '',     -- why it failed
    first_page   TEXT NOT NULL,                -- the name its first page gets
    pages        INTEGER,                      -- how many the whole file has; null until it was opened
    received_ms  INTEGER NOT NULL,
    day          INTEGER NOT NULL,
    approved_ms  INTEGER,
    approved_by  TEXT
) STRICT;
CREATE INDEX file_by_day ON file (model, day, seq);
CREATE INDEX file_content ON file (content);

CREATE TABLE page (
    id      TEXT PRIMARY KEY,
    file    TEXT NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,                  -- from 0
    status  TEXT NOT NULL CHECK (status IN ('pending', 'success', 'failure')),
    message TEXT NOT NULL DEFAULT '',
    width   INTEGER NOT NULL,                  -- pixels of the page image
    height  INTEGER NOT NULL,
    image   TEXT,
    UNIQUE (file, number)
) STRICT;
CREATE INDEX page_image ON page (image) WHERE image IS NOT NULL;

CREATE TABLE prediction (
    page    TEXT PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE,
    boxes   TEXT NOT NULL,                     -- JSON
    words   TEXT NOT NULL,                     -- JSON
    tables  TEXT NOT NULL,                     -- JSON: the tables that were seen before a model of labels had its say
    made_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE correction (
    page     TEXT PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE,
    boxes    TEXT NOT NULL,                    -- JSON, complete: a box that is not in it is deleted
    version  INTEGER NOT NULL,                 -- how often the page was saved
    saved_ms INTEGER NOT NULL,
    saved_by TEXT NOT NULL
) STRICT;

CREATE TABLE job (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL CHECK (kind IN ('open', 'page', 'extract', 'train')),
    model         TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    file          TEXT REFERENCES file (id) ON DELETE CASCADE,
    page          TEXT REFERENCES page (id) ON DELETE CASCADE,
    lane          INTEGER NOT NULL,
    tag           INTEGER NOT NULL,            -- its place in the lane; see jobs.rs
    running       INTEGER NOT NULL DEFAULT 0 CHECK (running IN (0, 1)),
    claims        INTEGER NOT NULL DEFAULT 0,  -- how often it was handed out; the last number is the valid one
    lease_ms      INTEGER,                     -- when a running job counts as abandoned
    attempts      INTEGER NOT NULL DEFAULT 0,  -- how often it failed
    interruptions INTEGER NOT NULL DEFAULT 0,  -- how often it was abandoned
    reason        TEXT NOT NULL DEFAULT ''     -- why it failed last
) STRICT;
CREATE INDEX job_waiting ON job (lane, tag, id) WHERE running = 0;
CREATE INDEX job_running ON job (lease_ms) WHERE running = 1;
CREATE INDEX job_file ON job (file);
CREATE UNIQUE INDEX job_page ON job (page) WHERE kind = 'page';
CREATE UNIQUE INDEX job_open ON job (file) WHERE kind = 'open';
CREATE UNIQUE INDEX job_extract ON job (file) WHERE kind = 'extract';
CREATE UNIQUE INDEX job_train ON job (model) WHERE kind = 'train';

CREATE TABLE lane (
    lane  INTEGER PRIMARY KEY,
    clock INTEGER NOT NULL                     -- the highest tag that was handed out
) STRICT;
INSERT INTO lane VALUES (0, 0), (1, 0), (2, 0);

CREATE TABLE training (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    model      TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    content    TEXT NOT NULL,
    size       INTEGER NOT NULL,
    width      INTEGER NOT NULL,               -- pixels of the first page's image; 0 where not known
    height     INTEGER NOT NULL,
    annotation TEXT NOT NULL,                  -- JSON
    words      TEXT NOT NULL,                  -- JSON: the words of its pages, in order
    added_ms   INTEGER NOT NULL,
    UNIQUE (model, name, content)
) STRICT;
CREATE INDEX training_content ON training (content);

CREATE TABLE training_label (
    training TEXT NOT NULL REFERENCES training (id) ON DELETE CASCADE,
    label    TEXT NOT NULL REFERENCES label (id) ON DELETE CASCADE,
    count    INTEGER NOT NULL,
    PRIMARY KEY (training, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX training_label_label ON training_label (label);

CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms  INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    model  TEXT NOT NULL DEFAULT '',
    file   TEXT NOT NULL DEFAULT '',
    page   TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_file ON audit (file) WHERE file <> '';
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;
