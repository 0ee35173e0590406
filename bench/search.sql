-- Users for bench/search: :users of them, into a database that is migrated and empty. The same
-- ones each time. Triggers and foreign keys are off (for which it takes a superuser): they would
-- announce and look up every row.
--
-- What makes a search hard is in it: surnames of 0.2 to 2 % of all, an address part of a third of all,
-- parts that only old users have, filters that hold few, many, and none of those who match.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET client_min_messages = warning;
SELECT setseed(0.5) \gset
-- Made anew in one go, which takes a fraction of the time.
DROP INDEX users_parts_idx;

-- Draws index 1 to `size`, the low ones more often.
CREATE FUNCTION pg_temp.skewed(size integer) RETURNS integer LANGUAGE sql VOLATILE AS
$$ SELECT 1 + floor(size * power(random(), 1.5))::integer $$;

CREATE TEMPORARY TABLE words (
  first  text[] DEFAULT string_to_array(
    'Ada Grace Alan Edsger Barbara Donald Frances Ken Dennis Margaret Linus Hedy Katherine Radia Tim Vint'
    ' Sophie Anna Johanna Marianne Hannah Peter Paul Mary Jean Claude Luis María José Ivan Olga Wei Li Yuki'
    ' Kenji Amara Kwame Fatima Omar Leïla Sven Ingrid Lars Astrid Pierre Camille Marco Giulia Níkos Eleni',
    ' '),
  -- A surname is made of two parts.
  stem   text[] DEFAULT string_to_array(
    'Lind Berg Holm Sand Stein Wald Fried Ros Gold Silber Eng Nor Ost West Hag Dahl Str Kal Mor Win', ' '),
  ending text[] DEFAULT string_to_array(
    'er man son sen qvist ström feld berg ski ova etti eau ez ñak ides', ' '),
  domain text[] DEFAULT string_to_array(
    'gmail.com gmail.com gmail.com gmail.com outlook.com outlook.com yahoo.com example.com example.org'
    ' univ.example.edu', ' ')
);
INSERT INTO words DEFAULT VALUES;

-- A fifth have no name, a quarter an address that says nothing, a tenth one of 5,000 companies'. Users
-- 200,001 to 220,000 are a wave of spammers.
WITH drawn AS MATERIALIZED (
  SELECT i, first[pg_temp.skewed(cardinality(first))] AS first,
         stem[pg_temp.skewed(cardinality(stem))] || ending[pg_temp.skewed(cardinality(ending))] AS last,
         domain[1 + floor(random() * cardinality(domain))::integer] AS domain,
         random() AS name, random() AS address, random() AS company, random() AS disabled
  FROM words, generate_series(1, :users) AS i
)
INSERT INTO users (email, email_verified_at, name, created_at, is_staff, disabled_at)
SELECT
  CASE
    WHEN i BETWEEN 200001 AND 220000 THEN 'offer' || i || '@spam.example'
    ELSE CASE WHEN address < 0.25 THEN left(md5(i::text), 8) || i
              ELSE translate(lower(first || '.' || last), 'áéíïñö', 'aeiino') || i END
      || '@' || CASE WHEN company < 0.1 THEN 'company' || i % 5000 || '.example' ELSE domain END
  END,
  now(),
  CASE WHEN name < 0.2 THEN '' ELSE first || ' ' || last END,
  now() - (:users - i) * interval '10 seconds',
  i % 5000 = 77,
  CASE WHEN disabled < 0.01 OR i BETWEEN 200001 AND 220000 THEN now() END
FROM drawn ORDER BY i;

-- Two thirds have an identity, nearly half of it at GitHub; one in a thousand users has one at "corporate".
INSERT INTO identities (user_id, provider, subject, email, email_verified, linked_at)
SELECT id, CASE WHEN draw < 0.3 THEN 'github' WHEN draw < 0.6 THEN 'google' ELSE 'facebook' END,
       (id * 37 + 1000000)::text, email, true, now()
FROM (SELECT id, email, random() AS draw FROM users ORDER BY id) AS drawn WHERE draw < 0.66;
INSERT INTO identities (user_id, provider, subject, email, email_verified, linked_at)
SELECT id, 'corporate', 'employee-' || id, email, true, now() FROM users WHERE id % 1000 = 5;

SELECT latchkey_index_parts_of_users() \gset
VACUUM ANALYZE users;
VACUUM ANALYZE identities;
CHECKPOINT;
