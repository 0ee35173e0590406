-- Events on their way to the application. An event is written in the transaction of what it tells
-- of, and sent later by one of the instances. It outlives its user, so user_id is no foreign key.

CREATE TABLE webhook_deliveries (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type            text COLLATE "C" NOT NULL,
  user_id         bigint NOT NULL,
  -- The second user of an event about two: it keeps its place among the events of both.
  other_user_id   bigint,
  data            jsonb NOT NULL,
  created_at      timestamptz NOT NULL,
  -- From when on the day of attempts counts: the event itself, or its replay.
  queued_at       timestamptz NOT NULL,
  -- When it is due. An instance that takes it to send moves this ahead, so that no other one does.
  next_attempt_at timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  delivered_at    timestamptz,
  failed_at       timestamptz,
  last_error      text NOT NULL DEFAULT '',
  CONSTRAINT webhook_deliveries_type_length CHECK (octet_length(type) BETWEEN 1 AND 64),
  CONSTRAINT webhook_deliveries_two_users CHECK (other_user_id <> user_id),
  CONSTRAINT webhook_deliveries_one_end CHECK (delivered_at IS NULL OR failed_at IS NULL),
  CONSTRAINT webhook_deliveries_last_error_length CHECK (octet_length(last_error) <= 500)
) WITH (fillfactor = 85);

CREATE INDEX webhook_deliveries_waiting_idx ON webhook_deliveries (id)
  WHERE delivered_at IS NULL AND failed_at IS NULL;
-- Whether an earlier event of the same user still waits.
CREATE INDEX webhook_deliveries_user_idx ON webhook_deliveries (user_id, id)
  WHERE delivered_at IS NULL AND failed_at IS NULL;
CREATE INDEX webhook_deliveries_other_user_idx ON webhook_deliveries (other_user_id, id)
  WHERE delivered_at IS NULL AND failed_at IS NULL AND other_user_id IS NOT NULL;
CREATE INDEX webhook_deliveries_failed_idx ON webhook_deliveries (id) WHERE failed_at IS NOT NULL;
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);
