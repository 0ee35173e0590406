-- A mailed link remembers where its visitor wanted to go, and the visit it stands for: mailed again,
-- it still tells of the sign-up, and not of whoever asked for it again.

ALTER TABLE account_proofs
  ADD COLUMN next   text NOT NULL DEFAULT '',
  ADD COLUMN device text NOT NULL DEFAULT '',
  ADD CONSTRAINT account_proofs_next_length CHECK (octet_length(next) <= 2048),
  ADD CONSTRAINT account_proofs_device_length CHECK (octet_length(device) <= 255);

-- The row of a sign-up stays after its time, until the address is proven: it says what the newest
-- sign-up brings, should its link be asked for again.
DROP INDEX account_proofs_expires_at_idx;
CREATE INDEX account_proofs_expires_at_idx ON account_proofs (expires_at)
  WHERE purpose <> 'confirm_email';

-- Pending sign-ins that are proving an address, dropped like those that came with it.
CREATE INDEX pending_sign_ins_code_email_idx ON pending_sign_ins (code_email)
  WHERE code_email IS NOT NULL;

-- Names have up to 150 characters, of four bytes at most. Wider than before, so that no row need be
-- looked at.
ALTER TABLE users
  DROP CONSTRAINT users_name_length,
  ADD CONSTRAINT users_name_length CHECK (octet_length(name) <= 600) NOT VALID;
ALTER TABLE account_proofs
  DROP CONSTRAINT account_proofs_name_length,
  ADD CONSTRAINT account_proofs_name_length CHECK (octet_length(name) <= 600) NOT VALID;
ALTER TABLE pending_sign_ins
  DROP CONSTRAINT pending_sign_ins_name_length,
  ADD CONSTRAINT pending_sign_ins_name_length CHECK (octet_length(name) <= 600) NOT VALID;
