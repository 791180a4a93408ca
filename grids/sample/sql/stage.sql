-- Where the sample's rows wait between COPY and their tables; dropped when they are stored.
CREATE TEMP TABLE stage_cases (
    id bigint PRIMARY KEY, state text, confirmed boolean, evaluation text, reopened integer, claimed_at timestamptz, recheck text[],
    closed_at timestamptz, stage_since timestamptz, merged_into bigint, hazard boolean, recurring boolean, version integer,
    turn integer                                     -- the last one
) ON COMMIT DROP;
CREATE TEMP TABLE stage_reports (
    id bigint PRIMARY KEY, number text, key_digest bytea, salt bytea,
    case_id bigint,                                  -- the case that it began
    now_in bigint,                                   -- the case that it belongs to now
    category_code text, channel text,
    received_at timestamptz, seen_at timestamptz, lon double precision, lat double precision,
    lon_given double precision, lat_given double precision, datum text, accuracy_m double precision,
    area_code text, words text, place_words text, contact text,
    cells bigint[]
) ON COMMIT DROP;
CREATE TEMP TABLE stage_events (
    case_id bigint, seq integer, at timestamptz, verb text, state text,
    played text,                                     -- the part of whoever did it: owner, desk, above, recheck
    goes_to text,                                    -- of a dispatch to another owner: answers, or a department
    hours double precision,                          -- of a pause, or of an extension beyond the deadline
    turn integer,                                    -- how many changes of owner or dates there were up to this event
    turns boolean,                                   -- whether it is one
    report_id bigint, words text, salt bytea, data jsonb
) ON COMMIT DROP;
