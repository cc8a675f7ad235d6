-- The application's role and database, and the scheduler's. Safe to repeat. Passwords come from the environment.
\getenv sohoa SECRET_SOHOA
\getenv prefect SECRET_PREFECT
CREATE TEMPORARY TABLE wanted AS VALUES ('sohoa', :'sohoa'), ('prefect', :'prefect');

SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', column1, column2) FROM wanted
  WHERE column1 NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT format('CREATE DATABASE %I OWNER %I', column1, column1) FROM wanted
  WHERE column1 NOT IN (SELECT datname FROM pg_database) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', column1) FROM wanted \gexec
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
