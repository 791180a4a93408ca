-- Where the sample's rows wait between COPY and their tables; dropped when they are stored.
CREATE TEMP TABLE stage_cases (
    id bigint PRIMARY KEY, category_code text, state text, confirmed boolean, reopened integer, closed_at timestamptz,
    version integer
) ON COMMIT DROP;
CREATE TEMP TABLE stage_reports (
    id bigint PRIMARY KEY, number text, key_digest bytea, salt bytea, case_id bigint, category_code text, channel text,
    received_at timestamptz, seen_at timestamptz, lon double precision, lat double precision,
    lon_given double precision, lat_given double precision, datum text, accuracy_m double precision,
    area_code text, words text, place_words text, contact text,
    cells bigint[]
) ON COMMIT DROP;
CREATE TEMP TABLE stage_events (
    case_id bigint, seq integer, at timestamptz, verb text, state text, report_id bigint, staff boolean, data jsonb
) ON COMMIT DROP;
