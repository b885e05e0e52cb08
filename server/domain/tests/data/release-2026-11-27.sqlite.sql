PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE "account_tokens" ( "token_hash" blob(32) NOT NULL PRIMARY KEY, "kind" smallint NOT NULL, "user_id" uuid_text NOT NULL, "payload" varchar NOT NULL DEFAULT '', "created_at" integer NOT NULL, "expires_at" integer NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "blocks" ( "blocker_id" uuid_text NOT NULL, "blocked_id" uuid_text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("blocker_id", "blocked_id"), FOREIGN KEY ("blocker_id") REFERENCES "users" ("id") ON DELETE CASCADE, FOREIGN KEY ("blocked_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "conversations" ( "id" uuid_text NOT NULL PRIMARY KEY, "kind" smallint NOT NULL, "name" varchar NULL, "unique_key" varchar NULL UNIQUE, "rev" integer NOT NULL DEFAULT 0, "last_seq" integer NOT NULL DEFAULT 0, "created_by" uuid_text NOT NULL, "created_at" integer NOT NULL, FOREIGN KEY ("created_by") REFERENCES "users" ("id") ON DELETE RESTRICT );
INSERT INTO "conversations" VALUES(X'01A21E2942DB70FBBD06652F67995054',2,'Tea House','room:tea-house',10,5,X'01A21E2941A174779239C4D663F68A9A',1795802350299);
INSERT INTO "conversations" VALUES(X'01A21E2943B871B0A2287129AAAD38BE',2,'Empty','room:empty',1,0,X'01A21E2942C07069AF174D995F07B1F4',1795802350520);
INSERT INTO "conversations" VALUES(X'01A21E2943CF7000A00D636393CF681A',0,NULL,'direct:01a21e29-41a1-7477-9239-c4d663f68a9a:01a21e29-4241-7013-b12f-d36a8a341a72',8,3,X'01A21E2941A174779239C4D663F68A9A',1795802350543);
INSERT INTO "conversations" VALUES(X'01A21E2944507261A02A6E119AB274CF',0,NULL,'direct:01a21e29-4241-7013-b12f-d36a8a341a72:01a21e29-42c0-7069-af17-4d995f07b1f4',2,0,X'01A21E2942417013B12FD36A8A341A72',1795802350672);
CREATE TABLE "invites" ( "code" varchar NOT NULL PRIMARY KEY, "user_id" uuid_text NOT NULL UNIQUE, "created_at" integer NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "jobs" ( "id" uuid_text NOT NULL PRIMARY KEY, "kind" varchar NOT NULL, "payload" text NOT NULL, "created_at" integer NOT NULL, "run_at" integer NOT NULL, "attempts" integer NOT NULL DEFAULT 0, "last_error" text NULL );
CREATE TABLE "members" ( "conversation_id" uuid_text NOT NULL, "user_id" uuid_text NOT NULL, "role" smallint NOT NULL, "present" boolean NOT NULL, "joined_at" integer NOT NULL, "delivered_seq" integer NOT NULL DEFAULT 0, "seen_seq" integer NOT NULL DEFAULT 0, "rev" integer NOT NULL, PRIMARY KEY ("conversation_id", "user_id"), FOREIGN KEY ("conversation_id") REFERENCES "conversations" ("id") ON DELETE CASCADE, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE RESTRICT );
INSERT INTO "members" VALUES(X'01A21E2942DB70FBBD06652F67995054',X'01A21E2941A174779239C4D663F68A9A',2,1,1795802350299,3,3,1);
INSERT INTO "members" VALUES(X'01A21E2942DB70FBBD06652F67995054',X'01A21E2942417013B12FD36A8A341A72',0,1,1795802350325,4,4,2);
INSERT INTO "members" VALUES(X'01A21E2942DB70FBBD06652F67995054',X'01A21E2942C07069AF174D995F07B1F4',0,0,1795802350350,0,0,8);
INSERT INTO "members" VALUES(X'01A21E2943B871B0A2287129AAAD38BE',X'01A21E2942C07069AF174D995F07B1F4',2,1,1795802350520,0,0,1);
INSERT INTO "members" VALUES(X'01A21E2943CF7000A00D636393CF681A',X'01A21E2941A174779239C4D663F68A9A',0,1,1795802350543,3,3,8);
INSERT INTO "members" VALUES(X'01A21E2943CF7000A00D636393CF681A',X'01A21E2942417013B12FD36A8A341A72',0,1,1795802350543,2,2,6);
INSERT INTO "members" VALUES(X'01A21E2944507261A02A6E119AB274CF',X'01A21E2942417013B12FD36A8A341A72',0,1,1795802350672,0,0,1);
INSERT INTO "members" VALUES(X'01A21E2944507261A02A6E119AB274CF',X'01A21E2942C07069AF174D995F07B1F4',0,1,1795802350672,0,0,2);
INSERT INTO "members" VALUES(X'01A21E2942DB70FBBD06652F67995054',X'01A21E2945B371D4ADA8DC35632F22A3',0,1,1795802351058,5,5,9);
CREATE TABLE "messages" ( "id" uuid_text NOT NULL PRIMARY KEY, "conversation_id" uuid_text NOT NULL, "author_id" uuid_text NOT NULL, "seq" integer NOT NULL, "rev" integer NOT NULL, "created_at" integer NOT NULL, "body" text NOT NULL, FOREIGN KEY ("conversation_id", "author_id") REFERENCES "members" ("conversation_id", "user_id") ON DELETE CASCADE );
INSERT INTO "messages" VALUES(X'01A21E294325750AAF0EC4D75C22E83F',X'01A21E2942DB70FBBD06652F67995054',X'01A21E2941A174779239C4D663F68A9A',1,4,1795802350377,'line 0');
INSERT INTO "messages" VALUES(X'01A21E29434377FE94CDF1B4AE7916A3',X'01A21E2942DB70FBBD06652F67995054',X'01A21E2941A174779239C4D663F68A9A',2,5,1795802350406,'line 1');
INSERT INTO "messages" VALUES(X'01A21E2943617156806D4428F302B57C',X'01A21E2942DB70FBBD06652F67995054',X'01A21E2941A174779239C4D663F68A9A',3,6,1795802350436,'line 2');
INSERT INTO "messages" VALUES(X'01A21E29438070BB9A1F637FC9455CDF',X'01A21E2942DB70FBBD06652F67995054',X'01A21E2942417013B12FD36A8A341A72',4,7,1795802350470,'word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  word

  the end');
INSERT INTO "messages" VALUES(X'01A21E2943E474FEB4177DC68AA4134F',X'01A21E2943CF7000A00D636393CF681A',X'01A21E2941A174779239C4D663F68A9A',1,3,1795802350574,'hello ben');
INSERT INTO "messages" VALUES(X'01A21E29440B71DCA355FC2A542568A7',X'01A21E2943CF7000A00D636393CF681A',X'01A21E2942417013B12FD36A8A341A72',2,5,1795802350610,'hello ada');
INSERT INTO "messages" VALUES(X'01A21E29442A7517A5C37AF8A3EC69A0',X'01A21E2943CF7000A00D636393CF681A',X'01A21E2941A174779239C4D663F68A9A',3,7,1795802350637,'éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé');
INSERT INTO "messages" VALUES(X'01A21E2945ED713082326CF55F0D286C',X'01A21E2942DB70FBBD06652F67995054',X'01A21E2945B371D4ADA8DC35632F22A3',5,10,1795802351090,'goodbye');
CREATE TABLE "outbox_mails" ( "id" uuid_text NOT NULL PRIMARY KEY, "recipient" varchar NOT NULL, "subject" varchar NOT NULL, "text" text NOT NULL, "html" text NOT NULL, "created_at" integer NOT NULL );
CREATE TABLE "pictures" ( "id" uuid_text NOT NULL, "size" smallint NOT NULL, "user_id" uuid_text NOT NULL, "bytes" blob NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("id", "size"), FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "recovery_codes" ( "user_id" uuid_text NOT NULL, "code_hash" blob(32) NOT NULL, PRIMARY KEY ("user_id", "code_hash"), FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "seaql_migrations" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );
INSERT INTO "seaql_migrations" VALUES('m2026_11_22_000001_accounts',1795802347);
INSERT INTO "seaql_migrations" VALUES('m2026_11_22_000002_conversations',1795802347);
INSERT INTO "seaql_migrations" VALUES('m2026_11_22_000003_people',1795802347);
CREATE TABLE "sessions" ( "id_hash" blob(32) NOT NULL PRIMARY KEY, "user_id" uuid_text NULL, "data" text NOT NULL, "created_at" integer NOT NULL, "expires_at" integer NOT NULL, "handle" uuid_text NULL, "agent" varchar NOT NULL DEFAULT '', "used_at" integer NOT NULL DEFAULT 0, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "sign_ups" ( "id" uuid_text NOT NULL PRIMARY KEY, "username" varchar NOT NULL, "username_key" varchar NOT NULL, "email" varchar NOT NULL, "email_key" varchar NOT NULL, "password_hash" varchar NOT NULL, "token_hash" blob(32) NOT NULL UNIQUE, "created_at" integer NOT NULL, "expires_at" integer NOT NULL , "username_skeleton" varchar NOT NULL DEFAULT '', "invite" varchar NULL);
CREATE TABLE "ties" ( "low_id" uuid_text NOT NULL, "high_id" uuid_text NOT NULL, "state" smallint NOT NULL, "asked_by" uuid_text NOT NULL, "created_at" integer NOT NULL, "changed_at" integer NOT NULL, PRIMARY KEY ("low_id", "high_id"), FOREIGN KEY ("low_id") REFERENCES "users" ("id") ON DELETE CASCADE, FOREIGN KEY ("high_id") REFERENCES "users" ("id") ON DELETE CASCADE );
CREATE TABLE "users" ( "id" uuid_text NOT NULL PRIMARY KEY, "username" varchar NOT NULL, "username_key" varchar NOT NULL UNIQUE, "email" varchar NOT NULL, "email_key" varchar NOT NULL UNIQUE, "password_hash" varchar NOT NULL, "is_admin" boolean NOT NULL, "created_at" integer NOT NULL , "username_skeleton" varchar NOT NULL DEFAULT '', "display_name" varchar NOT NULL DEFAULT '', "bio" varchar NOT NULL DEFAULT '', "pronouns" varchar NOT NULL DEFAULT '', "picture_id" uuid_text NULL, "status_emoji" varchar NOT NULL DEFAULT '', "status_text" varchar NOT NULL DEFAULT '', "status_until" integer NULL, "availability" smallint NOT NULL DEFAULT 0, "last_seen_at" integer NULL, "who_messages" smallint NOT NULL DEFAULT 0, "who_presence" smallint NOT NULL DEFAULT 0, "sends_receipts" boolean NOT NULL DEFAULT TRUE, "totp_secret" blob(1) NULL, "totp_enabled_at" integer NULL, "totp_last_step" integer NOT NULL DEFAULT 0, "password_changed_at" integer NOT NULL DEFAULT 0, "deleted_at" integer NULL);
INSERT INTO "users" VALUES(X'01A21E2941A174779239C4D663F68A9A','ada','ada','ada@example.org','ada@example.org','$argon2id$v=19$m=19456,t=2,p=1$Xdn6TANW6m0k59RC5oycIQ$aCovGtFAl7xZC5ovlvIh1l0B0WleNoCXTqXhEJcjtlA',1,1795802349984,'ada','','','',NULL,'','',NULL,0,NULL,0,0,1,NULL,NULL,0,1795802349984,NULL);
INSERT INTO "users" VALUES(X'01A21E2942417013B12FD36A8A341A72','ben','ben','ben@example.org','ben@example.org','$argon2id$v=19$m=19456,t=2,p=1$pKK6lE5T61c2oEEPvOTP9A$lEw+fCvT7pL1+r4UYfkf2MEWzTpqHcj6OTqcphznY9U',0,1795802350143,'ben','','','',NULL,'','',NULL,0,NULL,0,0,1,NULL,NULL,0,1795802350143,NULL);
INSERT INTO "users" VALUES(X'01A21E2942C07069AF174D995F07B1F4','eve','eve','eve@example.org','eve@example.org','$argon2id$v=19$m=19456,t=2,p=1$WXWlJgM7DmK/jLm9r4dIPQ$S6fdF+1mavc84RErATqZ5RIO2APr/CiiU+YxOpiIvHc',0,1795802350271,'eve','','','',NULL,'','',NULL,0,NULL,0,0,1,NULL,NULL,0,1795802350271,NULL);
INSERT INTO "users" VALUES(X'01A21E2945B371D4ADA8DC35632F22A3','finn','finn','finn@example.org','finn@example.org','$argon2id$v=19$m=19456,t=2,p=1$qEnYrt+gGcHs8gi86wH9Yw$2ALNyizp1CbhrijloyNLPnFTc7Mqrk1N/3qJQLEPdus',0,1795802351026,'finn','','','',NULL,'','',NULL,0,NULL,0,0,1,NULL,NULL,0,1795802351026,NULL);
CREATE INDEX "sign_ups_username_key" ON "sign_ups" ("username_key");
CREATE INDEX "sign_ups_email_key" ON "sign_ups" ("email_key");
CREATE INDEX "sign_ups_expires_at" ON "sign_ups" ("expires_at");
CREATE INDEX "sessions_user_id" ON "sessions" ("user_id");
CREATE INDEX "sessions_expires_at" ON "sessions" ("expires_at");
CREATE INDEX "jobs_run_at" ON "jobs" ("run_at");
CREATE INDEX "members_user_id" ON "members" ("user_id");
CREATE INDEX "members_rev" ON "members" ("conversation_id", "rev");
CREATE UNIQUE INDEX "messages_seq" ON "messages" ("conversation_id", "seq");
CREATE INDEX "messages_rev" ON "messages" ("conversation_id", "rev");
CREATE INDEX "users_username_skeleton" ON "users" ("username_skeleton");
CREATE INDEX "account_tokens_user_id" ON "account_tokens" ("user_id");
CREATE INDEX "account_tokens_expires_at" ON "account_tokens" ("expires_at");
CREATE INDEX "pictures_user_id" ON "pictures" ("user_id");
CREATE INDEX "ties_high_id" ON "ties" ("high_id");
CREATE INDEX "blocks_blocked_id" ON "blocks" ("blocked_id");
COMMIT;
