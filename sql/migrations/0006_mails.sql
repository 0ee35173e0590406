-- Mails on their way out. A mail is written in the transaction of what it tells of, already
-- rendered, and sent later by one of the instances.

CREATE TABLE mails (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind            text COLLATE "C" NOT NULL,
  recipient       text COLLATE "C" NOT NULL,
  user_id         bigint REFERENCES users ON DELETE CASCADE,
  subject         text NOT NULL,
  -- They hold codes and links, so they go when the mail has been sent or given up.
  text_body       text,
  html_body       text,
  created_at      timestamptz NOT NULL,
  -- When it is due. An instance that takes it to send moves this ahead, so that no other one does.
  next_attempt_at timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  sent_at         timestamptz,
  failed_at       timestamptz,
  last_error      text NOT NULL DEFAULT '',
  CONSTRAINT mails_kind_length CHECK (octet_length(kind) BETWEEN 1 AND 64),
  CONSTRAINT mails_recipient_length CHECK (octet_length(recipient) BETWEEN 1 AND 254),
  CONSTRAINT mails_one_end CHECK (sent_at IS NULL OR failed_at IS NULL),
  CONSTRAINT mails_bodies_until_the_end CHECK (
    (text_body IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL)
    AND (html_body IS NULL) = (text_body IS NULL))
);

CREATE INDEX mails_due_idx ON mails (next_attempt_at) WHERE text_body IS NOT NULL;
CREATE INDEX mails_created_at_idx ON mails (created_at);
CREATE INDEX mails_user_id_idx ON mails (user_id);
CREATE INDEX mails_recipient_idx ON mails (recipient, created_at);

-- When a mail of a kind was last posted to a recipient. A row of its own and not the newest mail:
-- two requests at once meet on its key, and the second waits for the first one's transaction.
CREATE TABLE mail_intervals (
  kind      text COLLATE "C" NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  posted_at timestamptz NOT NULL,
  PRIMARY KEY (kind, recipient)
);

CREATE INDEX mail_intervals_posted_at_idx ON mail_intervals (posted_at);
