-- Lists of reports from other systems.  Written by the shell as the owner (grids/bulk); no other role reads or writes here.

-- One row a list that was taken in.
CREATE TABLE report_imports (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text NOT NULL CHECK (length(source) BETWEEN 1 AND 100),  -- the other system
    file_name    text NOT NULL,
    file_digest  bytea NOT NULL CHECK (octet_length(file_digest) = 32),
    filed        bigint NOT NULL CHECK (filed >= 0),     -- rows that became reports
    known        bigint NOT NULL CHECK (known >= 0),     -- rows that had come before
    refused      bigint NOT NULL CHECK (refused >= 0),
    made_at      timestamptz NOT NULL,
    made_by      integer REFERENCES people               -- null: on the server
);
-- Usage: whether this very file was taken in before.
CREATE INDEX report_imports_by_file ON report_imports (file_digest, source);

-- What another system calls a report: a row of one source comes once, however often its list is given.
CREATE TABLE report_origins (
    source       text NOT NULL,
    external_id  text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    report_id    bigint NOT NULL REFERENCES reports,
    import_id    integer NOT NULL,                   -- of report_imports; written with it, and neither is ever taken away
    PRIMARY KEY (source, external_id)
);

-- Which edition was in force from when to when.
CREATE FUNCTION editions_in_force() RETURNS TABLE (edition_id integer, from_at timestamptz, to_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT a.edition_id, a.valid_from, lead(a.valid_from, 1, 'infinity') OVER (ORDER BY a.valid_from) FROM activations a
$$;

-- The instants at which it may change who answers for the last area of a chain: between two of them who_answers() and desk_over()
-- say the same.
CREATE FUNCTION turns_of(p_chain text[]) RETURNS SETOF timestamptz
LANGUAGE sql STABLE AS $$
    WITH posted AS (
        SELECT p.id, p.during FROM postings p WHERE p.area_code = ANY (p_chain) AND p.role IN ('head', 'deputy', 'desk'))
    SELECT '-infinity'::timestamptz
    UNION SELECT lower(p.during) FROM posted p
    UNION SELECT upper(p.during) FROM posted p WHERE NOT upper_inf(p.during)
    UNION SELECT t.at FROM posted p JOIN absences a ON a.posting_id = p.id, unnest(ARRAY[lower(a.during), upper(a.during)]) t (at)
$$;

REVOKE EXECUTE ON FUNCTION editions_in_force, turns_of FROM PUBLIC;
