-- What was marked as done stays so: nobody reads the outbox below this revision but live pages, and they go by its numbers.
DROP FUNCTION clear_old, jobless_deliveries, queue_deliveries, steps_due, begin_week, case_line, week_lists, letter_facts, area_name,
    concerned, people_of, mail_address;
DROP INDEX cases_pause_ends, events_by_posting;
DROP TABLE weeks, subscriptions, deliveries;
ALTER TABLE report_contacts DROP COLUMN lang;
ALTER TABLE people DROP COLUMN email, DROP COLUMN lang;
-- All that procrastinate made, by its name.
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN SELECT p.oid FROM pg_proc p
                      WHERE p.pronamespace = 'gridwarden'::regnamespace AND p.proname LIKE 'procrastinate\_%' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', v_function);
    END LOOP;
END $$;
DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
