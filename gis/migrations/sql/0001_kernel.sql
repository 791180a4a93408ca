-- The kernel: areas, people, reports, cases.  Codes are official codes, times are UTC, periods
-- are [from, to), positions are EPSG:4326 lon lat, metres end in _m.  Nothing here calls now():
-- every instant is an argument.

CREATE DOMAIN area_code AS text CHECK (VALUE ~ '^[0-9A-Za-z._-]{1,32}$');

-- A dated set of boundaries.  Loaded inactive, activated whole.
CREATE TABLE editions (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    levels        text[] NOT NULL CHECK (cardinality(levels) >= 1),      -- top first; the last is the grid
    valid_from    timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'loaded' CHECK (state IN ('loaded', 'active', 'withdrawn')),
    tolerance_m   double precision NOT NULL DEFAULT 25 CHECK (tolerance_m >= 0),
    source        text NOT NULL,
    datum         text NOT NULL CHECK (datum IN ('wgs84', 'cgcs2000', 'gcj02', 'bd09')),
    synthetic     boolean NOT NULL,
    loaded_at     timestamptz NOT NULL,
    activated_at  timestamptz,
    CHECK ((state = 'active') <= (activated_at IS NOT NULL))
);
-- Usage: edition_at(), the newest active edition on a day; and no two may begin at one instant.
CREATE UNIQUE INDEX editions_in_force ON editions (valid_from) WHERE state = 'active';

-- An area is its code; what may change with an edition (name, parent, outline) stands in boundaries.
CREATE TABLE areas (
    code   area_code PRIMARY KEY,
    level  text NOT NULL
);

CREATE TABLE boundaries (
    edition_id   integer NOT NULL REFERENCES editions ON DELETE CASCADE,
    code         area_code NOT NULL REFERENCES areas,
    level        text NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    parent_code  area_code,
    chain        text[] NOT NULL,                    -- codes, top first, this area last
    overlay      boolean NOT NULL DEFAULT false,     -- beats what lies under it; children inherit it
    households   integer CHECK (households >= 0),
    residents    integer CHECK (residents >= 0),
    area_m2      double precision NOT NULL CHECK (area_m2 > 0),
    synthetic    boolean NOT NULL,
    label        geometry(Point, 4326) NOT NULL,     -- a point inside, for the name
    geom         geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    PRIMARY KEY (edition_id, code),
    FOREIGN KEY (edition_id, parent_code) REFERENCES boundaries (edition_id, code)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (chain[cardinality(chain)] = code),
    CHECK ((parent_code IS NULL) = (cardinality(chain) = 1)),
    CHECK (parent_code IS NULL OR parent_code = chain[cardinality(chain) - 1])
);
-- Usage: gis_match() and the tiles: "what of this level touches this box in this edition".
-- The place comes first: it splits the tree; led by edition or level the look-up takes more than twice as long.
CREATE INDEX boundaries_by_place ON boundaries USING gist (geom, level, edition_id);
-- Usage: gis_match(), whether an overlay holds the point; few areas are overlays.
CREATE INDEX boundaries_overlays ON boundaries USING gist (geom) WHERE overlay;
-- Usage: the children of an area.
CREATE INDEX boundaries_by_parent ON boundaries (edition_id, parent_code);
-- Usage: search by a part of a name; several areas share a name.
CREATE INDEX boundaries_by_name ON boundaries USING gin (name gin_trgm_ops);

CREATE TABLE people (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL CHECK (name <> ''),
    login          text UNIQUE CHECK (login = lower(login) AND login <> ''),
    password_hash  text,
    CHECK ((login IS NULL) = (password_hash IS NULL))
);

-- A role held for an area over a period.  A desk needs no person.
CREATE TABLE postings (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area_code    area_code NOT NULL REFERENCES areas,
    role         text NOT NULL CHECK (role IN ('head', 'deputy', 'member', 'desk', 'administrator')),
    person_id    integer REFERENCES people,
    desk         text,                               -- the desk's public name
    name_public  boolean NOT NULL DEFAULT false,
    during       tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during)),
    CHECK (person_id IS NOT NULL OR role = 'desk'),
    CHECK ((role = 'desk') = (desk IS NOT NULL)),
    -- Also serves who_answers(): the postings of an area on a day.
    CONSTRAINT one_head_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'head'),
    CONSTRAINT one_desk_at_a_time EXCLUDE USING gist (area_code WITH =, during WITH &&) WHERE (role = 'desk')
);
-- Usage: who_answers(), the postings of a chain of areas.
CREATE INDEX postings_by_area ON postings (area_code);
-- Usage: actor_areas(), the postings of the person who is logged in.
CREATE INDEX postings_by_person ON postings (person_id);

CREATE TABLE sites (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    kind       text NOT NULL CHECK (kind <> ''),     -- nursery, school, fuel_store, road, ditch, …
    name       text NOT NULL CHECK (name <> ''),
    during     tstzrange NOT NULL CHECK (NOT isempty(during)),
    synthetic  boolean NOT NULL,
    geom       geometry(Geometry, 4326) NOT NULL CHECK (ST_IsValid(geom))
);
-- Usage: what stands near a point, and the area map's box.
CREATE INDEX sites_by_place ON sites USING gist (geom);

CREATE TABLE categories (
    code       text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    since      timestamptz NOT NULL,
    family     text NOT NULL,
    name_zh    text NOT NULL,
    name_en    text NOT NULL,
    private    boolean NOT NULL,
    urgency    text NOT NULL CHECK (urgency IN ('normal', 'urgent', 'emergency')),
    deadlines  jsonb NOT NULL,                       -- {"solve": {"hours": 72}}: natural hours from receipt
    PRIMARY KEY (code, since),
    CHECK ((deadlines #>> '{solve,hours}')::double precision > 0)
);

-- What is worked.  Open = not closed.  Exactly one owner at every moment, hence NOT NULL.
CREATE TABLE cases (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category_code     text NOT NULL,
    private           boolean NOT NULL,
    urgency           text NOT NULL,
    state             text NOT NULL DEFAULT 'received' CHECK (state IN
                          ('received', 'accepted', 'declined', 'dispatched', 'in_progress', 'claimed_solved', 'closed')),
    confirmed         boolean,                       -- of a closed case: was the solution confirmed
    reopened          integer NOT NULL DEFAULT 0 CHECK (reopened >= 0),
    area_code         area_code REFERENCES areas,    -- null: waits in the triage list
    chain             text[] NOT NULL CHECK (cardinality(chain) >= 1),
    owner_area_code   area_code NOT NULL REFERENCES areas,
    owner_role        text NOT NULL CHECK (owner_role IN ('head', 'deputy', 'desk')),
    owner_posting_id  integer REFERENCES postings,   -- null: nobody is posted there, the area itself answers
    received_at       timestamptz NOT NULL,
    due_at            timestamptz NOT NULL,
    closed_at         timestamptz,
    version           integer NOT NULL DEFAULT 1,
    synthetic         boolean NOT NULL DEFAULT false,
    geom              geometry(Point, 4326),         -- of its first report with a pin
    CHECK (due_at > received_at),
    CHECK ((state IN ('closed', 'declined')) = (closed_at IS NOT NULL)),
    CHECK (confirmed IS NULL OR state = 'closed')
);
-- Usage: the open cases of an area and all below it.
CREATE INDEX cases_open_by_area ON cases USING gin (chain) WHERE closed_at IS NULL;
-- Usage: all cases of an area: what was reported there before, its figures, and what the public may know.
CREATE INDEX cases_by_area ON cases USING gin (chain);
-- Usage: the newest public cases of a large area.
CREATE INDEX cases_newest ON cases (received_at DESC) WHERE NOT private;
-- Usage: neighbours of a point.
CREATE INDEX cases_by_place ON cases USING gist (geom);

-- What somebody said, once.  Never edited; the words and the contact stand apart and can be erased.
CREATE TABLE reports (
    id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number                text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{10}$'),
    key_digest            bytea NOT NULL,            -- sha256 of the key in the resident's link
    case_id               bigint NOT NULL REFERENCES cases,
    category_code         text NOT NULL,
    channel               text NOT NULL CHECK (channel IN
                              ('app', 'wechat', 'hotline', 'village_box', 'talking_point', 'patrol')),
    received_at           timestamptz NOT NULL,
    seen_at               timestamptz NOT NULL,
    precision             text NOT NULL CHECK (precision IN ('point', 'site', 'area')),
    lon_given             double precision,
    lat_given             double precision,
    datum                 text CHECK (datum IN ('wgs84', 'cgcs2000', 'gcj02', 'bd09')),
    accuracy_m            double precision CHECK (accuracy_m >= 0),
    geom                  geometry(Point, 4326),
    area_code             area_code REFERENCES areas,
    chain                 text[] NOT NULL,
    match                 jsonb NOT NULL,            -- the whole answer of locate, as it was given
    seen_head_posting_id  integer REFERENCES postings,  -- who was head when it was seen
    taken_by              integer REFERENCES people, -- the member of staff who entered it
    synthetic             boolean NOT NULL DEFAULT false,
    CHECK (seen_at <= received_at),
    CHECK ((precision = 'area') = (geom IS NULL)),
    CHECK ((geom IS NULL) = (lon_given IS NULL) AND (geom IS NULL) = (lat_given IS NULL)
           AND (geom IS NULL) = (datum IS NULL))
);
-- Usage: the reports of a case.
CREATE INDEX reports_by_case ON reports (case_id);
-- Usage: earlier reports at the spot.
CREATE INDEX reports_by_place ON reports USING gist (geom);

CREATE TABLE report_words (
    report_id    bigint PRIMARY KEY REFERENCES reports,
    words        text NOT NULL CHECK (length(words) <= 4000),
    place_words  text CHECK (length(place_words) <= 500),
    salt         bytea NOT NULL,                     -- of the words' digest in the events
    chain        text[] NOT NULL
);

CREATE TABLE report_contacts (
    report_id  bigint PRIMARY KEY REFERENCES reports,
    contact    text NOT NULL CHECK (length(contact) BETWEEN 1 AND 200),
    taken_by   integer REFERENCES people
);

-- One line of a case's history.  Append-only; ids, codes and digests only, no personal data.
CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases,
    seq         integer NOT NULL CHECK (seq >= 1),
    at          timestamptz NOT NULL,
    verb        text NOT NULL CHECK (verb <> ''),
    state       text NOT NULL,                       -- of the case, after this event
    posting_id  integer REFERENCES postings,         -- who did it; null: a resident or the service
    data        jsonb NOT NULL DEFAULT '{}',
    -- Also serves the history of a case.
    UNIQUE (case_id, seq)
);

-- What the worker has to do, written in the transaction of the change.
CREATE TABLE outbox (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic    text NOT NULL,
    payload  jsonb NOT NULL,
    at       timestamptz NOT NULL,
    done_at  timestamptz
);
-- Usage: the worker's poll.
CREATE INDEX outbox_waiting ON outbox (id) WHERE done_at IS NULL;

CREATE TABLE idempotency_keys (
    key_digest   bytea PRIMARY KEY,
    body_digest  bytea NOT NULL,
    report_id    bigint NOT NULL REFERENCES reports DEFERRABLE INITIALLY DEFERRED,
    at           timestamptz NOT NULL
);

-- Wrong passwords in a row, by the digest of what was typed as login: who exists and who does not looks the same.
CREATE TABLE log_in_tries (
    login_digest  bytea PRIMARY KEY,
    failures      integer NOT NULL,
    at            timestamptz NOT NULL,
    locked_until  timestamptz
);

CREATE TABLE sessions (
    token_digest  bytea PRIMARY KEY,                 -- sha256 of the cookie's token
    person_id     integer NOT NULL REFERENCES people,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at)
);
-- Usage: clearing a person's sessions.
CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'GW001';
END $$;
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER reports_are_append_only BEFORE DELETE OR TRUNCATE ON reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
-- A report may move to another case (merge, split); what was said may not change.
CREATE TRIGGER reports_are_never_edited BEFORE UPDATE OF
    number, key_digest, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
    accuracy_m, geom, area_code, chain, match, seen_head_posting_id, taken_by, synthetic ON reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
