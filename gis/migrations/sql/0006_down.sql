-- Cases in a state or with an owner that the older revisions do not know go to the nearest that they know.
CREATE OR REPLACE FUNCTION reporter_view(p_number text, p_link_digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
    SELECT jsonb_build_object(
        'received_at', r.received_at, 'words', w.words, 'place_words', w.place_words, 'seen_at', r.seen_at, 'channel', r.channel,
        'lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'match', r.match, 'due_at', c.due_at,
        'events', (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'verb', v.verb, 'state', v.state,
                                                       'reason', v.data -> 'reason') ORDER BY v.seq)
                   FROM events v WHERE v.case_id = c.id))
    FROM reports r JOIN cases c ON c.id = r.case_id LEFT JOIN report_words w ON w.report_id = r.id
    WHERE r.number = p_number AND r.key_digest = p_link_digest
$$;
CREATE OR REPLACE FUNCTION map_areas() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
BEGIN
    RETURN actor_areas('head', 'deputy', 'member', 'desk', 'planner', 'administrator');
END $$;
DROP FUNCTION case_spots, past_due;
CREATE FUNCTION case_spots(p_box geometry)
RETURNS TABLE (id bigint, category_code text, channel text, state text, confirmed boolean, reopened integer,
               received_at timestamptz, due_at timestamptz, closed_at timestamptz, spot geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gridwarden, public AS $$
DECLARE
    v_areas text[] := map_areas();
BEGIN
    RETURN QUERY SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at,
                        c.closed_at, ST_SnapToGrid(c.geom, 0.001)
    FROM cases c WHERE c.geom && p_box AND c.chain && v_areas;
END $$;
REVOKE EXECUTE ON FUNCTION case_spots FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_spots TO gridwarden_web;
DROP VIEW seen_cases;
CREATE VIEW seen_cases WITH (security_barrier) AS
SELECT c.id, c.category_code, c.channel, c.state, c.confirmed, c.reopened, c.received_at, c.due_at, c.closed_at, c.area_code,
       CASE WHEN c.chain && (SELECT map_areas()) THEN c.cells ELSE c.cells[1:3] END AS cells
FROM cases c
WHERE NOT c.private OR c.chain && (SELECT map_areas());
GRANT SELECT ON seen_cases TO gridwarden_web;

ALTER POLICY chain_reads ON report_words USING (chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk')));
ALTER POLICY chain_reads ON reports USING (chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator')));
ALTER POLICY chain_reads ON cases USING (chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator')));
CREATE POLICY clerk_reads ON report_contacts FOR SELECT TO gridwarden_web USING (taken_by = (SELECT actor_person()));
GRANT SELECT ON report_contacts TO gridwarden_web;

DROP FUNCTION look_at_contact, take_step, stepped, missing_need, told_to, keeps_coming_back, works_for_owner, worked_on;
DROP TABLE event_words, steps, recheck_shares;
DROP FUNCTION split_off, recheck_reasons, posted_owner, owned_by, one_up, add_event, acting_posting, my_relations, relations_to, handles, actor_keys;

UPDATE cases SET owner_role = 'desk', owner_posting_id = NULL WHERE owner_role = 'department';
UPDATE cases SET state = CASE state WHEN 'paused' THEN 'in_progress' ELSE 'declined' END, paused_at = NULL, merged_into = NULL
WHERE state IN ('paused', 'will_not_do', 'merged');
ALTER TABLE cases DROP CONSTRAINT cases_state_check, DROP CONSTRAINT cases_check1, DROP CONSTRAINT cases_owner_role_check;
DROP INDEX cases_elsewhere, cases_open_by_owner, cases_claimed;
ALTER TABLE cases
    DROP COLUMN hazard, DROP COLUMN recurring, DROP COLUMN about_official, DROP COLUMN returned, DROP COLUMN stage_due_at,
    DROP COLUMN asked_until, DROP COLUMN paused_at, DROP COLUMN paused_until, DROP COLUMN claimed_at, DROP COLUMN recheck,
    DROP COLUMN evaluation, DROP COLUMN merged_into, DROP COLUMN elsewhere,
    ADD CONSTRAINT cases_state_check CHECK (state IN
        ('received', 'accepted', 'declined', 'dispatched', 'in_progress', 'claimed_solved', 'closed')),
    ADD CONSTRAINT cases_check1 CHECK ((state IN ('closed', 'declined')) = (closed_at IS NOT NULL)),
    ADD CONSTRAINT cases_owner_role_check CHECK (owner_role IN ('head', 'deputy', 'desk'));

UPDATE cases SET owner_posting_id = NULL FROM postings p
WHERE p.id = owner_posting_id AND p.role IN ('dispatcher', 'department', 'handler', 'clerk', 'supervisor');
-- Events name postings for good; what the older revisions cannot hold becomes a member's, without a desk.
ALTER TABLE postings DROP CONSTRAINT postings_role_check, DROP CONSTRAINT postings_have_a_person,
    DROP CONSTRAINT postings_have_a_desk, DROP CONSTRAINT one_department_of_a_name;
UPDATE postings SET role = 'member', desk = NULL WHERE role IN ('dispatcher', 'handler', 'clerk', 'supervisor');
DELETE FROM postings WHERE role = 'department';
ALTER TABLE postings
    ADD CONSTRAINT postings_role_check CHECK (role IN ('head', 'deputy', 'member', 'desk', 'planner', 'administrator')),
    ADD CONSTRAINT postings_check CHECK (person_id IS NOT NULL OR role = 'desk'),
    ADD CONSTRAINT postings_check1 CHECK ((role = 'desk') = (desk IS NOT NULL));
