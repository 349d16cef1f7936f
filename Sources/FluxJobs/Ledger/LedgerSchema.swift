/// The tables of the ledger. The comments are part of them: `.schema` in the `sqlite3` program shows them.
enum LedgerSchema {
    /// `PRAGMA application_id`: what tells a ledger from other SQLite files. The bytes of "flux".
    static let applicationID: Int64 = 0x666C_7578

    /// `PRAGMA user_version` of a ledger that has gone through all steps.
    static var version: Int64 { Int64(steps.count) }

    /// The machine that has a request, as a further column of its row.
    static let memberColumn = """
        , (SELECT member FROM runs WHERE runs.id = coalesce(requests.owner, requests.run)) AS member
        """

    /// What brings a ledger from each version to the next, from an empty file on. A step that was released never
    /// changes: what comes later is a further step.
    static let steps = [
        Step(
            """
            CREATE TABLE runs (
              -- One start of the program that asked for pictures.
              id INTEGER PRIMARY KEY,
              lineage INTEGER NOT NULL, -- the first of the runs that this one continues; its own id when it continues none
              salt INTEGER NOT NULL,    -- where the drawn seeds of the lineage come from
              account TEXT NOT NULL,    -- 'local', or the service's origin and the beginning of the key's SHA-256; never the key
              script TEXT NOT NULL,     -- its path; 'stdin', '-e' or 'prompt' where it has none
              arguments TEXT NOT NULL,  -- JSON list
              process INTEGER NOT NULL, -- its number while it runs
              started_at INTEGER NOT NULL, -- milliseconds since 1970, as all times here
              ended_at INTEGER,         -- null: it runs, or was killed
              outcome TEXT CHECK (outcome IN ('clean', 'failed', 'interrupted'))
            );
            CREATE INDEX runs_of_script ON runs (script, account, arguments, id);

            CREATE TABLE requests (
              -- What was asked of the service, written before it was sent.
              id INTEGER PRIMARY KEY,
              key TEXT NOT NULL UNIQUE,    -- its Idempotency-Key, made from identity and attempt
              identity TEXT NOT NULL,      -- SHA-256 of all that makes it this request, but for the attempt
              attempt INTEGER NOT NULL,    -- from 1; a further one is made on purpose, or after a failure
              fresh INTEGER NOT NULL,      -- 1: this attempt was asked for on purpose (fresh = true, --fresh)
              run INTEGER NOT NULL REFERENCES runs (id), -- which wrote it first
              lineage INTEGER NOT NULL,    -- of that run
              account TEXT NOT NULL,
              call TEXT NOT NULL,          -- generate | edit
              model TEXT NOT NULL,
              prompt TEXT NOT NULL,
              parameters TEXT NOT NULL,    -- JSON, without pictures and seed
              inputs TEXT NOT NULL,        -- JSON: parameter -> list of 'sha256:...' or 'url:...'
              seed INTEGER,
              seed_source TEXT NOT NULL CHECK (seed_source IN ('given', 'drawn', 'none')),
              occurrence INTEGER NOT NULL, -- from 1, among the identical requests of its run
              name TEXT,                   -- the author's label
              origin TEXT,                 -- where it was asked, such as sweep.lua:7
              path TEXT NOT NULL,          -- of the call
              body BLOB NOT NULL,          -- exactly as it goes over the wire
              dialect TEXT NOT NULL,       -- how the body is spelled
              state TEXT NOT NULL CHECK (state IN
                ('written',    -- sent, or about to be; no answer yet
                 'accepted',   -- the service has it as the job below
                 'completed',  -- the service has made the pictures
                 'fetched',    -- the pictures are in the store
                 'failed',     -- at the service, which charges nothing for it
                 'refused',    -- by the service, which made no job
                 'unknown')),  -- nobody can tell whether the service has it: a person decides
              cost_limit INTEGER,          -- credits: the most that it can cost, reserved until it is settled
              cost INTEGER,                -- credits: what it cost
              job TEXT,                    -- the service's id
              status TEXT,                 -- the service's word
              result TEXT,                 -- JSON list: where the service keeps the pictures, for about a day
              error_kind TEXT,
              error_message TEXT,
              written_at INTEGER NOT NULL, -- our clock, as all times but the two of the service
              sent_at INTEGER NOT NULL,    -- the last time that it was about to be sent
              accepted_at INTEGER,
              created_at INTEGER,          -- the service's clock
              completed_at INTEGER,        -- the service's clock
              settled_at INTEGER
            );
            CREATE INDEX requests_by_identity ON requests (identity, attempt);
            CREATE INDEX requests_by_lineage ON requests (lineage);
            CREATE INDEX requests_by_state ON requests (state);
            CREATE INDEX requests_by_time ON requests (account, written_at);
            CREATE INDEX requests_by_job ON requests (job);

            CREATE TABLE uses (
              -- Which runs asked for a request.
              request INTEGER NOT NULL REFERENCES requests (id),
              run INTEGER NOT NULL REFERENCES runs (id),
              name TEXT,
              origin TEXT,
              reused INTEGER NOT NULL, -- 1: answered from what was there
              asked_at INTEGER NOT NULL,
              PRIMARY KEY (request, run)
            ) WITHOUT ROWID;
            CREATE INDEX uses_by_run ON uses (run);

            CREATE TABLE pictures (
              -- The pictures of fetched requests, in the store under their hashes.
              request INTEGER NOT NULL REFERENCES requests (id),
              place INTEGER NOT NULL, -- in the job's result, from 1
              url TEXT NOT NULL,
              sha256 TEXT NOT NULL,
              format TEXT NOT NULL,   -- extension of the file
              width INTEGER NOT NULL,
              height INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              fetched_at INTEGER NOT NULL,
              seal TEXT NOT NULL,     -- tells whether this row is as it was written
              PRIMARY KEY (request, place)
            ) WITHOUT ROWID;
            CREATE INDEX pictures_by_hash ON pictures (sha256);

            CREATE TABLE saves (
              -- Where scripts saved them.
              request INTEGER NOT NULL REFERENCES requests (id),
              place INTEGER NOT NULL,
              path TEXT NOT NULL,
              saved_at INTEGER NOT NULL,
              PRIMARY KEY (request, place, path)
            ) WITHOUT ROWID;

            """, view: (sqlite: jobsView.sqlite, postgreSQL: "")),
        Step(
            """
            CREATE INDEX requests_by_drawn_seed ON requests (seed) WHERE seed_source = 'drawn';
            """),
        Step(
            """
            ALTER TABLE requests ADD COLUMN
              answer /* of the service, where it could not be read, or its beginning */ TEXT;
            ALTER TABLE requests ADD COLUMN
              unsent /* 1: nothing of it has left this machine, since nobody was there */ INTEGER NOT NULL DEFAULT 0;

            CREATE TABLE accounts (
              -- Keys that replace others of the same owner: what was asked with one counts for both.
              name TEXT PRIMARY KEY,
              same_as TEXT NOT NULL -- the account of the first key
            ) WITHOUT ROWID;
            """),
        Step(
            """
            ALTER TABLE saves ADD COLUMN
              content /* SHA-256 of what tells what was written: the picture's hash, and what was put around its parts */ TEXT;
            ALTER TABLE saves ADD COLUMN
              file /* which file that was: device, number, bytes, times of last write and change */ TEXT;
            """),
        Step(
            """
            ALTER TABLE runs ADD COLUMN
              member /* the machine that it is on, where several share a ledger */ TEXT;
            ALTER TABLE runs ADD COLUMN
              lease_until /* it counts as dead after this moment of the server's clock, unless it says before that it lives */
              INTEGER;
            ALTER TABLE requests ADD COLUMN
              owner /* the run that may send it; null: whoever comes first */ INTEGER REFERENCES runs (id);
            UPDATE requests SET owner = run;

            CREATE TABLE budgets (
              -- What all who are on this ledger may spend a day of UTC.
              account TEXT PRIMARY KEY,
              credits INTEGER NOT NULL
            ) WITHOUT ROWID;
            """, view: (sqlite: "", postgreSQL: jobsView.postgreSQL)),
    ]

    /// One version's changes, spelled for each store.
    struct Step: Sendable {
        let sqlite: String
        let postgreSQL: String

        /// - Parameters:
        ///   - tables: as SQLite has them; PostgreSQL has other words for the same.
        ///   - view: made after them, where it is spelled too differently.
        init(_ tables: String, view: (sqlite: String, postgreSQL: String) = ("", "")) {
            sqlite = tables + view.sqlite
            postgreSQL = Self.words.reduce(tables) { $0.replacing($1.0, with: $1.1) } + view.postgreSQL
        }

        private static let words = [
            ("id INTEGER PRIMARY KEY", "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
            ("INTEGER", "BIGINT"), ("BLOB", "BYTEA"), (") WITHOUT ROWID", ")"),
            // Compared byte by byte, as SQLite does: keys and ids are found by their beginnings.
            (" TEXT", " TEXT COLLATE \"C\""),
        ]
    }

    private static let jobsView = (
        sqlite: """

        CREATE VIEW jobs AS
          -- Every request in words: what a person wants to see first.
          SELECT requests.id AS id, job, state, model, prompt, seed, name, origin, runs.script AS script, cost,
            requests.account AS account,
            strftime('%Y-%m-%dT%H:%M:%SZ', written_at / 1000, 'unixepoch') AS asked,
            strftime('%Y-%m-%dT%H:%M:%SZ', settled_at / 1000, 'unixepoch') AS settled,
            (SELECT group_concat(sha256 || '.' || format, ' ') FROM pictures WHERE request = requests.id) AS pictures,
            (SELECT group_concat(path, ' ') FROM saves WHERE request = requests.id) AS saved,
            error_message AS error
          FROM requests JOIN runs ON runs.id = requests.run;
        """,
        postgreSQL: """

        CREATE VIEW jobs AS
          SELECT requests.id AS id, job, state, model, prompt, seed, name, origin, runs.script AS script,
            runs.member AS member, cost, requests.account AS account,
            to_timestamp(written_at / 1000.0) AS asked, to_timestamp(settled_at / 1000.0) AS settled,
            (SELECT string_agg(sha256 || '.' || format, ' ') FROM pictures WHERE request = requests.id) AS pictures,
            (SELECT string_agg(path, ' ') FROM saves WHERE request = requests.id) AS saved,
            error_message AS error
          FROM requests JOIN runs ON runs.id = requests.run;
        """
    )
}
