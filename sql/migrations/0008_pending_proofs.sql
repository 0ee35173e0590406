-- The code that was mailed to prove a pending sign-in's address: only the newest one counts, it dies
-- with its time or its tries, and it belongs to the address it was mailed to.

ALTER TABLE pending_sign_ins
  ADD COLUMN code_email      text COLLATE "C",
  ADD COLUMN code_mac        bytea,
  ADD COLUMN code_sent_at    timestamptz,
  ADD COLUMN code_expires_at timestamptz,
  ADD COLUMN code_tries      integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT pending_sign_ins_code_email_length CHECK (octet_length(code_email) <= 254),
  ADD CONSTRAINT pending_sign_ins_code_mac_length CHECK (octet_length(code_mac) = 32),
  ADD CONSTRAINT pending_sign_ins_code_whole CHECK (
    num_nulls(code_email, code_mac, code_sent_at, code_expires_at) IN (0, 4));
