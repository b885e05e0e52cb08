//! The program as an operator meets it: what it says, how it stops, why it does not start.

use crate::support::{Ended, Program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_where_it_is_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path()).await;
    let url = format!("http://{}", program.address);
    assert_eq!(program.said[0], format!("open {url}"));
    assert!(
        program.said[1].starts_with("data is in ") && program.said[1].ends_with("weconnect.db"),
        "{:?}",
        program.said
    );
    let secret = std::fs::read_to_string(folder.path().join("outbox-secret")).unwrap();
    assert_eq!(secret.len(), 64, "{secret}");
    assert_eq!(program.said[2], format!("mail goes to the outbox: {url}/outbox/{secret}"));

    let mut ada = program.browser();
    ada.sign_up("ada").await;
    let room = ada.join_room("morning").await;
    let mut live = ada.live().await;
    let stored = live.send_and_store(room, "good morning").await;
    program.terminate();
    assert_eq!(live.ended().await, Ended::Closed(1001, "the server stops".into()));
    assert_eq!(program.wait().await.code(), Some(0));

    // The next one has it all, the session too.
    let program = Program::start(folder.path()).await;
    let mut ada = ada.at(program.address);
    let history = ada.history(room, protocol::Seq(0)).await;
    assert_eq!(history.iter().map(|message| message.id).collect::<Vec<_>>(), [stored.id]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_in_one_line_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let not_a_database = folder.path().join("text.db");
    std::fs::write(&not_a_database, "not a database, but long enough to be taken for the header of one").unwrap();
    let below_a_file = file.join("data");
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::write(site.join("pkg/weconnect.AbCdEfGhIjKlMnOpQrSt01.css"), "").unwrap();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("SITE_DIR", site.to_str().unwrap())], "hash.txt is missing, "),
        (&[("LISTEN", &taken)], "can't listen on "),
        (&[("LISTEN", "nonsense")], "can't listen on nonsense: "),
        (&[("DATA_DIR", below_a_file.to_str().unwrap())], "can't use "),
        (&[("DATABASE_URL", not_a_database.to_str().unwrap())], "can't open the database: "),
        (&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")], "can't open the database: "),
        (&[("REDIS_URL", "http://127.0.0.1")], "REDIS_URL is not usable: "),
        (&[("SMTP_URL", "gopher://127.0.0.1")], "the mail settings are not usable: "),
        (&[("MAIL_FROM", "nobody")], "the mail settings are not usable: "),
        (&[("LOG", "what=ever=this")], "LOG is not usable: "),
    ];
    for (settings, expected) in cases {
        let (status, said) = Program::fail(folder.path(), settings).await;
        assert_eq!(status.code(), Some(1), "{settings:?}: {said}");
        assert!(said.starts_with(&format!("weconnect: {expected}")), "{settings:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{settings:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("backtrace"), "{said}");
    }
}
