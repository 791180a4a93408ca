DROP FUNCTION with_names, public_cases, reporter_view, receipt, receive_report, filed_under, head_on, without_names, served_areas, category_at,
    session_close, session_open, log_in_try,
    locate_area, locate, answer_for, who_answers, area_brief,
    gis_match, areas_over, circle_candidates, accuracy_circle, metres_between, edition_at;
DROP TABLE log_in_tries, sessions, idempotency_keys, outbox, events, report_contacts, report_words, reports, cases, categories, sites,
    postings, people, boundaries, areas, editions CASCADE;
DROP FUNCTION actor_is_staff, actor_areas, actor_person, act_as, refuse_rewriting;
DROP TYPE area_match;
DROP DOMAIN area_code;
