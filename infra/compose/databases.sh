# In the container `postgresql`, when its folder is new: the roles and databases. Sourced by the image's entry point.
SECRET_SOHOA=$(cat /run/secrets/postgresql-sohoa) SECRET_PREFECT=$(cat /run/secrets/postgresql-prefect) \
  psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -f /infra/postgresql-roles.sql
