
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.account_tokens (
    token_hash bytea NOT NULL,
    kind smallint NOT NULL,
    user_id uuid NOT NULL,
    payload character varying DEFAULT ''::character varying NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE public.blocks (
    blocker_id uuid NOT NULL,
    blocked_id uuid NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.conversations (
    id uuid NOT NULL,
    kind smallint NOT NULL,
    name character varying,
    unique_key character varying,
    rev bigint DEFAULT 0 NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.invites (
    code character varying NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    kind character varying NOT NULL,
    payload text NOT NULL,
    created_at bigint NOT NULL,
    run_at bigint NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

CREATE TABLE public.members (
    conversation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role smallint NOT NULL,
    present boolean NOT NULL,
    joined_at bigint NOT NULL,
    delivered_seq bigint DEFAULT 0 NOT NULL,
    seen_seq bigint DEFAULT 0 NOT NULL,
    rev bigint NOT NULL
);

CREATE TABLE public.messages (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    author_id uuid NOT NULL,
    seq bigint NOT NULL,
    rev bigint NOT NULL,
    created_at bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.outbox_mails (
    id uuid NOT NULL,
    recipient character varying NOT NULL,
    subject character varying NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.pictures (
    id uuid NOT NULL,
    size smallint NOT NULL,
    user_id uuid NOT NULL,
    bytes bytea NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.recovery_codes (
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL
);

CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);

CREATE TABLE public.sessions (
    id_hash bytea NOT NULL,
    user_id uuid,
    data text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    handle uuid,
    agent character varying DEFAULT ''::character varying NOT NULL,
    used_at bigint DEFAULT 0 NOT NULL
);

CREATE TABLE public.sign_ups (
    id uuid NOT NULL,
    username character varying NOT NULL,
    username_key character varying NOT NULL,
    email character varying NOT NULL,
    email_key character varying NOT NULL,
    password_hash character varying NOT NULL,
    token_hash bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    username_skeleton character varying DEFAULT ''::character varying NOT NULL,
    invite character varying
);

CREATE TABLE public.ties (
    low_id uuid NOT NULL,
    high_id uuid NOT NULL,
    state smallint NOT NULL,
    asked_by uuid NOT NULL,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    username character varying NOT NULL,
    username_key character varying NOT NULL,
    email character varying NOT NULL,
    email_key character varying NOT NULL,
    password_hash character varying NOT NULL,
    is_admin boolean NOT NULL,
    created_at bigint NOT NULL,
    username_skeleton character varying DEFAULT ''::character varying NOT NULL,
    display_name character varying DEFAULT ''::character varying NOT NULL,
    bio character varying DEFAULT ''::character varying NOT NULL,
    pronouns character varying DEFAULT ''::character varying NOT NULL,
    picture_id uuid,
    status_emoji character varying DEFAULT ''::character varying NOT NULL,
    status_text character varying DEFAULT ''::character varying NOT NULL,
    status_until bigint,
    availability smallint DEFAULT 0 NOT NULL,
    last_seen_at bigint,
    who_messages smallint DEFAULT 0 NOT NULL,
    who_presence smallint DEFAULT 0 NOT NULL,
    sends_receipts boolean DEFAULT true NOT NULL,
    totp_secret bytea,
    totp_enabled_at bigint,
    totp_last_step bigint DEFAULT 0 NOT NULL,
    password_changed_at bigint DEFAULT 0 NOT NULL,
    deleted_at bigint
);

INSERT INTO public.conversations VALUES ('01a21e29-86dd-71d5-84e1-46515c9696ca', 2, 'Empty', 'room:empty', 1, 0, '01a21e29-853d-7662-8d22-653242c9e393', 1795802367709);
INSERT INTO public.conversations VALUES ('01a21e29-8705-72a3-b8aa-836a8bd90848', 0, NULL, 'direct:01a21e29-843e-70cf-b647-d61d11fb353d:01a21e29-84b8-726d-9b2b-86856086e319', 8, 3, '01a21e29-843e-70cf-b647-d61d11fb353d', 1795802367747);
INSERT INTO public.conversations VALUES ('01a21e29-87f8-75a9-a204-c1ecd0dde855', 0, NULL, 'direct:01a21e29-84b8-726d-9b2b-86856086e319:01a21e29-853d-7662-8d22-653242c9e393', 2, 0, '01a21e29-84b8-726d-9b2b-86856086e319', 1795802367990);
INSERT INTO public.conversations VALUES ('01a21e29-855e-72fc-9391-07c55297cb59', 2, 'Tea House', 'room:tea-house', 10, 5, '01a21e29-843e-70cf-b647-d61d11fb353d', 1795802367326);

INSERT INTO public.members VALUES ('01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-843e-70cf-b647-d61d11fb353d', 2, true, 1795802367326, 3, 3, 1);
INSERT INTO public.members VALUES ('01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-84b8-726d-9b2b-86856086e319', 0, true, 1795802367368, 4, 4, 2);
INSERT INTO public.members VALUES ('01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-853d-7662-8d22-653242c9e393', 0, false, 1795802367435, 0, 0, 8);
INSERT INTO public.members VALUES ('01a21e29-86dd-71d5-84e1-46515c9696ca', '01a21e29-853d-7662-8d22-653242c9e393', 2, true, 1795802367709, 0, 0, 1);
INSERT INTO public.members VALUES ('01a21e29-8705-72a3-b8aa-836a8bd90848', '01a21e29-84b8-726d-9b2b-86856086e319', 0, true, 1795802367747, 2, 2, 6);
INSERT INTO public.members VALUES ('01a21e29-8705-72a3-b8aa-836a8bd90848', '01a21e29-843e-70cf-b647-d61d11fb353d', 0, true, 1795802367747, 3, 3, 8);
INSERT INTO public.members VALUES ('01a21e29-87f8-75a9-a204-c1ecd0dde855', '01a21e29-84b8-726d-9b2b-86856086e319', 0, true, 1795802367990, 0, 0, 1);
INSERT INTO public.members VALUES ('01a21e29-87f8-75a9-a204-c1ecd0dde855', '01a21e29-853d-7662-8d22-653242c9e393', 0, true, 1795802367990, 0, 0, 2);
INSERT INTO public.members VALUES ('01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-88a1-70a3-8283-55223aa1efd5', 0, true, 1795802368193, 5, 5, 9);

INSERT INTO public.messages VALUES ('01a21e29-85f2-7317-bf05-8a5d9faa3252', '01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-843e-70cf-b647-d61d11fb353d', 1, 4, 1795802367486, 'line 0');
INSERT INTO public.messages VALUES ('01a21e29-862d-74f2-8dd2-139daf0035b6', '01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-843e-70cf-b647-d61d11fb353d', 2, 5, 1795802367536, 'line 1');
INSERT INTO public.messages VALUES ('01a21e29-865f-7596-97fc-2262e4928b28', '01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-843e-70cf-b647-d61d11fb353d', 3, 6, 1795802367590, 'line 2');
INSERT INTO public.messages VALUES ('01a21e29-868b-72e0-a26b-98b15251b196', '01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-84b8-726d-9b2b-86856086e319', 4, 7, 1795802367630, 'word

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
INSERT INTO public.messages VALUES ('01a21e29-8739-75fa-862f-00cf4be931a6', '01a21e29-8705-72a3-b8aa-836a8bd90848', '01a21e29-843e-70cf-b647-d61d11fb353d', 1, 3, 1795802367805, 'hello ben');
INSERT INTO public.messages VALUES ('01a21e29-8783-7424-a5ad-cdf736b3ab6d', '01a21e29-8705-72a3-b8aa-836a8bd90848', '01a21e29-84b8-726d-9b2b-86856086e319', 2, 5, 1795802367886, 'hello ada');
INSERT INTO public.messages VALUES ('01a21e29-87b8-74c8-b852-d0b2d507798e', '01a21e29-8705-72a3-b8aa-836a8bd90848', '01a21e29-843e-70cf-b647-d61d11fb353d', 3, 7, 1795802367931, 'éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé');
INSERT INTO public.messages VALUES ('01a21e29-88e2-76f3-9232-51a90a101fa8', '01a21e29-855e-72fc-9391-07c55297cb59', '01a21e29-88a1-70a3-8283-55223aa1efd5', 5, 10, 1795802368237, 'goodbye');

INSERT INTO public.seaql_migrations VALUES ('m2026_11_22_000001_accounts', 1795802364);
INSERT INTO public.seaql_migrations VALUES ('m2026_11_22_000002_conversations', 1795802364);
INSERT INTO public.seaql_migrations VALUES ('m2026_11_22_000003_people', 1795802364);

INSERT INTO public.users VALUES ('01a21e29-843e-70cf-b647-d61d11fb353d', 'ada', 'ada', 'ada@example.org', 'ada@example.org', '$argon2id$v=19$m=19456,t=2,p=1$Mig65GjXgCXniKfNxzsyEQ$oqEcqFX8U9p4+sx12AnmU05pivwpsHpdePW8nM+LE0U', true, 1795802367036, 'ada', '', '', '', NULL, '', '', NULL, 0, NULL, 0, 0, true, NULL, NULL, 0, 1795802367036, NULL);
INSERT INTO public.users VALUES ('01a21e29-84b8-726d-9b2b-86856086e319', 'ben', 'ben', 'ben@example.org', 'ben@example.org', '$argon2id$v=19$m=19456,t=2,p=1$958eyW5FhVhkkopKrwLKuA$ZISU7B/H6HnrlPItNGCSSXx8KtDJXFIH/o/tDtMO9+Y', false, 1795802367157, 'ben', '', '', '', NULL, '', '', NULL, 0, NULL, 0, 0, true, NULL, NULL, 0, 1795802367157, NULL);
INSERT INTO public.users VALUES ('01a21e29-853d-7662-8d22-653242c9e393', 'eve', 'eve', 'eve@example.org', 'eve@example.org', '$argon2id$v=19$m=19456,t=2,p=1$GV6RIH1hlT1pnvSojujWpw$7UwInezvZqDgfuE0s8U6PKWSorm5urlTQe9sVFRsO6g', false, 1795802367291, 'eve', '', '', '', NULL, '', '', NULL, 0, NULL, 0, 0, true, NULL, NULL, 0, 1795802367291, NULL);
INSERT INTO public.users VALUES ('01a21e29-88a1-70a3-8283-55223aa1efd5', 'finn', 'finn', 'finn@example.org', 'finn@example.org', '$argon2id$v=19$m=19456,t=2,p=1$amrJeT+RQQ5TJetjDjELAw$0UGVq4YLIS8qq8zY1gvl7lHVzbD9f71A3P+vBQytsRM', false, 1795802368152, 'finn', '', '', '', NULL, '', '', NULL, 0, NULL, 0, 0, true, NULL, NULL, 0, 1795802368152, NULL);

ALTER TABLE ONLY public.account_tokens
    ADD CONSTRAINT account_tokens_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_pkey PRIMARY KEY (blocker_id, blocked_id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_unique_key_key UNIQUE (unique_key);

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (conversation_id, user_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_mails
    ADD CONSTRAINT outbox_mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_pkey PRIMARY KEY (id, size);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash);

ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.ties
    ADD CONSTRAINT ties_pkey PRIMARY KEY (low_id, high_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key_key UNIQUE (email_key);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key_key UNIQUE (username_key);

CREATE INDEX account_tokens_expires_at ON public.account_tokens USING btree (expires_at);

CREATE INDEX account_tokens_user_id ON public.account_tokens USING btree (user_id);

CREATE INDEX blocks_blocked_id ON public.blocks USING btree (blocked_id);

CREATE INDEX jobs_run_at ON public.jobs USING btree (run_at);

CREATE INDEX members_rev ON public.members USING btree (conversation_id, rev);

CREATE INDEX members_user_id ON public.members USING btree (user_id);

CREATE INDEX messages_rev ON public.messages USING btree (conversation_id, rev);

CREATE UNIQUE INDEX messages_seq ON public.messages USING btree (conversation_id, seq);

CREATE INDEX pictures_user_id ON public.pictures USING btree (user_id);

CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_user_id ON public.sessions USING btree (user_id);

CREATE INDEX sign_ups_email_key ON public.sign_ups USING btree (email_key);

CREATE INDEX sign_ups_expires_at ON public.sign_ups USING btree (expires_at);

CREATE INDEX sign_ups_username_key ON public.sign_ups USING btree (username_key);

CREATE INDEX ties_high_id ON public.ties USING btree (high_id);

CREATE INDEX users_username_skeleton ON public.users USING btree (username_skeleton);

ALTER TABLE ONLY public.account_tokens
    ADD CONSTRAINT account_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_blocked_id_fkey FOREIGN KEY (blocked_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_blocker_id_fkey FOREIGN KEY (blocker_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_author_id_fkey FOREIGN KEY (conversation_id, author_id) REFERENCES public.members(conversation_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ties
    ADD CONSTRAINT ties_high_id_fkey FOREIGN KEY (high_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ties
    ADD CONSTRAINT ties_low_id_fkey FOREIGN KEY (low_id) REFERENCES public.users(id) ON DELETE CASCADE;

