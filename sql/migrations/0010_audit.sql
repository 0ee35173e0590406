-- Who did it, as a name: a staff member's e-mail address at that time, or "cli:<login name>".
ALTER TABLE audit_events ADD COLUMN actor text NOT NULL DEFAULT '';

-- The log is read newest first, page by page, of everybody, of one user or of one kind of action.
CREATE INDEX audit_events_newest_idx ON audit_events (at, id);
CREATE INDEX audit_events_user_newest_idx ON audit_events (user_id, at, id);
CREATE INDEX audit_events_action_newest_idx ON audit_events (action, at, id);
DROP INDEX audit_events_at_idx;
DROP INDEX audit_events_user_id_idx;
