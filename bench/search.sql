-- A million users and 800,000 identities for bench/search.py, into an empty database that is migrated.
-- Triggers are off (session_replication_role needs a superuser): they would announce every row.
SET session_replication_role = replica;
SET synchronous_commit = off;
INSERT INTO users (email,email_verified_at,name,created_at)
SELECT lower(f)||'.'||lower(l)||i||'@'||d, now(), f||' '||l, now()-i*interval '10 seconds'
FROM (SELECT i, (ARRAY['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','Ken','Dennis','Margaret','Linus','Hedy','Katherine','Radia','Tim','Vint','Sophie','Anna','Johanna','Marianne','Hannah','Peter','Paul','Mary','Jean','Claude','Luis','Maria','Jose','Ivan','Olga','Wei','Li','Yuki','Kenji','Amara','Kwame','Fatima','Omar','Leila','Sven','Ingrid','Lars','Astrid','Pierre','Camille','Marco','Giulia','Nikos','Eleni'])[(1+(i*7919)%50)::int] f, (ARRAY['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','Thompson','Ritchie','Hamilton','Torvalds','Lamarr','Johnson','Perlman','Lee','Cerf','Wilson','Schmidt','Mueller','Dubois','Rossi','Garcia','Martinez','Ivanov','Petrova','Chen','Wang','Tanaka','Suzuki','Okafor','Mensah','Haddad','Nasser','Lindqvist','Berg','Olsen','Moreau','Bianchi','Papadakis','Novak','Kowalski','Horvat','Nagy','Silva','Santos','Costa','Andersson','Virtanen','Jansen','Visser'])[(1+(i*104729/13)%50)::int] l, (ARRAY['gmail.com','gmail.com','gmail.com','outlook.com','yahoo.com','example.com','example.org','corp.example.net','univ.example.edu','company.example'])[(1+(i*31)%10)::int] d FROM generate_series(1,1000000::bigint) i) s;
INSERT INTO identities (user_id,provider,subject,email,email_verified,linked_at)
SELECT id, CASE WHEN id%10<5 THEN 'github' WHEN id%10<8 THEN 'google' ELSE 'facebook' END, (id*37+1000000)::text, email, true, now() FROM users WHERE id%5<>2;
UPDATE users SET is_staff=true WHERE id%20000=0; UPDATE users SET disabled_at=now() WHERE id%1000=7;
VACUUM ANALYZE users; VACUUM ANALYZE identities;
