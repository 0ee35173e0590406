-- The audit log. It outlives users, so user_id and actor_id are no foreign keys.

CREATE TABLE audit_events (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  action     text COLLATE "C" NOT NULL,
  user_id    bigint,
  actor_id   bigint,
  provider   text COLLATE "C" NOT NULL DEFAULT '',
  subject    text COLLATE "C" NOT NULL DEFAULT '',
  reason     text NOT NULL DEFAULT '',
  ip         inet,
  request_id text COLLATE "C" NOT NULL DEFAULT '',
  details    jsonb
);

CREATE INDEX audit_events_user_id_idx ON audit_events (user_id, at);
CREATE INDEX audit_events_at_idx ON audit_events (at);

-- Nothing that is written is changed. The owner of a table cannot be refused a privilege on it, so
-- a trigger refuses; retention alone may delete, in a transaction that says so:
--   SET LOCAL latchkey.audit_retention = 'on'; DELETE FROM audit_events WHERE at < ...;
CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('latchkey.audit_retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();
