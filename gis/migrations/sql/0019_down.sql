DROP FUNCTION turns_of, editions_in_force;
DROP TABLE report_origins, report_imports;
