DROP FUNCTION activation_forbidden, keep_findings_as, keep_findings, may_look_after_boundaries;
DROP TABLE findings, edition_checks;
