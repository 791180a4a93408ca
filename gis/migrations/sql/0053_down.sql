-- Nothing would hold back any more what was said in mediations, so it is erased; that they were stays in the history of their cases.
DELETE FROM event_words w USING events e WHERE e.id = w.event_id AND e.data ? 'mediation';
DROP TRIGGER mediating_see ON cases;
DROP TRIGGER mediation_first ON cases;
UPDATE cases c SET elsewhere = (owned_by(c, jsonb_build_object('area_code', c.owner_area_code, 'role', c.owner_role, 'posting_id', c.owner_posting_id))).elsewhere
WHERE EXISTS (SELECT FROM mediations m WHERE m.case_id = c.id);
DROP FUNCTION reporter_view;
ALTER FUNCTION reporter_view_of_case(text, bytea) RENAME TO reporter_view;
GRANT EXECUTE ON FUNCTION reporter_view TO PUBLIC;
DROP POLICY mediation_is_private ON event_words;
DROP POLICY mediation_is_private ON events;
DROP FUNCTION mediation_concerned, look_at_parties, take_mediation_step, mediator_gone, mediation_lacks, my_mediations, mediation_candidates, mediation_told,
    mediation_first, mediating_see;
DROP POLICY mediators_read ON mediations;
DROP POLICY mediators_read ON mediation_parties;
DROP POLICY mediators_read ON mediation_sittings;
DROP FUNCTION reads_mediation, relations_to_mediation, may_mediate, is_party, bare_name, mediators;
DROP TABLE mediation_steps, mediation_conflicts, mediation_sittings, mediation_party_words, mediation_parties, mediations;
