DROP FUNCTION audit_extent, audit_erasures, audit_faults, audited_cases, anchor_day, anchor_digest;
DROP TABLE anchors;
DROP TRIGGER events_are_chained ON events;
DROP FUNCTION chain_event;
ALTER TABLE events DROP COLUMN hash;
DROP FUNCTION chain_begins, event_hash;
