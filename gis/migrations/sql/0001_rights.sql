-- Rights.  The owner owns and writes; the web role reads what the actor may see and writes through functions alone.
-- Row-level security is forced, so it binds the owner too; the owner's own policies say openly that it may do all.

GRANT USAGE ON SCHEMA gridwarden TO gridwarden_web, gridwarden_worker;
GRANT SELECT ON editions, areas, boundaries, postings, sites, categories TO gridwarden_web, gridwarden_worker;
GRANT SELECT (id, name) ON people TO gridwarden_web;
GRANT SELECT (id, number, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
              accuracy_m, geom, area_code, chain, match, seen_head_posting_id, synthetic) ON reports TO gridwarden_web;
GRANT SELECT ON cases, report_words, report_contacts, events TO gridwarden_web;
GRANT SELECT, UPDATE (done_at) ON outbox TO gridwarden_worker;

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;
ALTER TABLE report_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_words FORCE ROW LEVEL SECURITY;
ALTER TABLE report_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;

CREATE POLICY owner_may ON people TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON cases TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON reports TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON report_words TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON report_contacts TO gridwarden_owner USING (true) WITH CHECK (true);
CREATE POLICY owner_may ON events TO gridwarden_owner USING (true) WITH CHECK (true);

-- Names: staff see all, others those whose posting says so and is held today.
CREATE POLICY names ON people FOR SELECT TO gridwarden_web USING (
    (SELECT actor_is_staff())
    OR EXISTS (SELECT FROM postings p WHERE p.person_id = people.id AND name_is_public(p)));

-- Cases and reports: the staff of their chain of areas; an administrator too, but no words and no contact.
CREATE POLICY chain_reads ON cases FOR SELECT TO gridwarden_web USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator')));
CREATE POLICY chain_reads ON reports FOR SELECT TO gridwarden_web USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk', 'administrator')));
CREATE POLICY chain_reads ON events FOR SELECT TO gridwarden_web USING (
    EXISTS (SELECT FROM cases c WHERE c.id = events.case_id));
CREATE POLICY chain_reads ON report_words FOR SELECT TO gridwarden_web USING (
    chain && (SELECT actor_areas('head', 'deputy', 'member', 'desk')));
-- Contact: whoever took it down.
CREATE POLICY clerk_reads ON report_contacts FOR SELECT TO gridwarden_web USING (taken_by = (SELECT actor_person()));

-- Functions: nothing is callable unless granted here.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA gridwarden FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    edition_at, metres_between, accuracy_circle, circle_candidates, areas_over, gis_match, area_brief, who_answers,
    answer_for, locate, locate_area, category_at, served_areas, act_as, actor_person, actor_areas, actor_is_staff, name_is_public,
    receive_report, receipt, reporter_view, public_cases, log_in_try, session_open, session_close
    TO gridwarden_web;
