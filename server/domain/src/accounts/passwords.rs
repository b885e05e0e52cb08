//! Password hashing with Argon2id, on blocking threads and a bounded number at a time.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{
        Error as HashError, Result as HashResult,
        phc::{Output, ParamsString, Salt},
    },
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{Error, Result, config::OpenError, text::composed};

/// The cost of one hash: memory in KiB, iterations and lanes. This is the first choice of the OWASP Password Storage
/// Cheat Sheet.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Creates and verifies password hashes.
#[derive(Debug)]
pub struct Passwords {
    params: Params,
    /// The permits for hashes that run at the same time: half the cores at most, so that a wave of sign-ins does not
    /// delay users who chat. Each hash takes 19 MiB, and one core for about 20 ms.
    running: Arc<Semaphore>,
}

impl Passwords {
    /// Creates a hasher. This is cheap: nothing is hashed yet.
    ///
    /// # Errors
    /// [`OpenError::Passwords`] when the parameters are refused.
    pub fn new() -> Result<Self, OpenError> {
        let (memory, rounds, lanes) = COST;
        let params = Params::new(memory, rounds, lanes, None).map_err(|e| OpenError::Passwords(e.to_string()))?;
        let cores = available_parallelism().map_or(1, usize::from);
        Ok(Self { params, running: Arc::new(Semaphore::new((cores / 2).max(1))) })
    }

    /// Hashes a new password, normalized to NFC, and returns the hash in the PHC string format. The salt is that of the
    /// hash `salt_of`, or a new random one.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(super) async fn hash(&self, password: &str, salt_of: Option<&str>) -> Result<String> {
        let salt = match salt_of.map(parse).transpose()?.and_then(|hash| hash.salt) {
            Some(salt) => salt,
            None => random_salt()?,
        };
        Ok(self.compute(&composed(password), Recipe::new(salt, self.params.clone())).await?.to_string())
    }

    /// Returns, for each of the two hashes, whether the password matches it.
    ///
    /// This takes the time of one hash, whichever of the two exist. The second can therefore match only if it has the
    /// salt and the parameters of the first.
    ///
    /// A keyboard may enter `é` as one character or as two. The stored hash is that of the password normalized to NFC
    /// or, if an earlier version made it, of the password as typed. A password that differs from its NFC form is
    /// therefore hashed in both forms, whether or not the first one matches, so that the time depends only on what was
    /// typed.
    ///
    /// # Errors
    /// [`Error::Internal`], also if a stored hash can't be parsed.
    pub(super) async fn verify(&self, password: &str, hashes: [Option<&str>; 2]) -> Result<[bool; 2]> {
        let [first, second] = hashes.map(|hash| hash.map(parse).transpose());
        let (first, second) = (first?, second?);
        let recipe = match first.as_ref().or(second.as_ref()) {
            Some(model) => Recipe::of(model).map_err(Error::internal)?,
            // There is no hash to compare with. One is computed all the same, so that the time does not reveal this.
            None => Recipe::new(random_salt()?, self.params.clone()),
        };
        let composed = composed(password);
        let computed = self.compute(&composed, recipe.clone()).await?;
        let as_typed = if composed == password { None } else { Some(self.compute(password, recipe).await?) };
        // `Output` compares in constant time in its `PartialEq`.
        let is = |stored: &PasswordHash| {
            // `|` evaluates both comparisons, so the time does not depend on the first.
            (*stored == computed) | as_typed.as_ref().is_some_and(|as_typed| stored == as_typed)
        };
        Ok([first, second].map(|stored| stored.as_ref().is_some_and(is)))
    }

    async fn compute(&self, password: &str, recipe: Recipe) -> Result<PasswordHash> {
        let permit = self.running.clone().acquire_owned().await.map_err(Error::internal)?;
        let password = password.to_owned();
        let hashed = spawn_blocking(move || {
            // Released when the hash is done, even if the caller has stopped waiting.
            let _permit = permit;
            recipe.hash(password.as_bytes())
        });
        hashed.await?.map_err(Error::internal)
    }
}

/// The inputs of a hash besides the password.
#[derive(Clone)]
struct Recipe {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
}

impl Recipe {
    fn new(salt: Salt, params: Params) -> Self {
        Self { algorithm: Algorithm::Argon2id, version: Version::V0x13, params, salt }
    }

    /// Reads the inputs of an existing hash.
    fn of(hash: &PasswordHash) -> HashResult<Self> {
        Ok(Self {
            algorithm: Algorithm::try_from(hash.algorithm.as_str())?,
            version: hash.version.map(Version::try_from).transpose()?.unwrap_or_default(),
            params: Params::try_from(hash)?,
            salt: hash.salt.ok_or(HashError::SaltInvalid)?,
        })
    }

    fn hash(&self, password: &[u8]) -> HashResult<PasswordHash> {
        /// The least capacity to allocate, in blocks of 1 KiB. glibc maps every allocation above 32 MiB separately and
        /// returns it to the system when it is freed. Below that, it keeps the pages for later in every thread that
        /// ever hashed, which is 200 MB after twenty sign-ins. Only pages that are written to use memory.
        const MAPPED: usize = 33 * 1024;
        let blocks = self.params.block_count();
        let mut memory: Vec<Block> = Vec::with_capacity(blocks.max(MAPPED));
        memory.resize(blocks, Block::default());

        let mut output = [0; Output::MAX_LENGTH];
        let length = self.params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(HashError::OutputSize)?;
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        argon2.hash_password_into_with_memory(password, &self.salt, output, &mut memory)?;
        Ok(PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(self.salt),
            hash: Some(Output::new(output)?),
        })
    }
}

fn random_salt() -> Result<Salt> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Salt::new(&bytes).map_err(Error::internal)
}

fn parse(hash: &str) -> Result<PasswordHash> {
    PasswordHash::new(hash).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;

    use super::*;

    #[tokio::test]
    async fn one_computation_answers_for_two_hashes_of_one_salt() {
        let passwords = Passwords::new().unwrap();
        let mine = passwords.hash("plum tricycle 9", None).await.unwrap();
        let other = passwords.hash("green kettle 4", Some(&mine)).await.unwrap();
        let stranger = passwords.hash("green kettle 4", None).await.unwrap();
        assert!(mine.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{mine}");
        let verify = async |password, hashes| passwords.verify(password, hashes).await.unwrap();
        assert_eq!(verify("plum tricycle 9", [Some(&mine), Some(&other)]).await, [true, false]);
        assert_eq!(verify("green kettle 4", [Some(&mine), Some(&other)]).await, [false, true]);
        assert_eq!(verify("green kettle 4", [None, Some(&stranger)]).await, [false, true]);
        assert_eq!(verify("green kettle 4", [Some(&mine), Some(&stranger)]).await, [false, false]);
        assert_eq!(verify("", [None, None]).await, [false, false]);
    }

    #[tokio::test]
    async fn a_password_is_right_however_its_accents_are_typed() {
        let passwords = Passwords::new().unwrap();
        let (one, two) = ("caf\u{e9} tricycle 9", "cafe\u{301} tricycle 9");
        let verify = async |password, hash: &str| passwords.verify(password, [Some(hash), None]).await.unwrap()[0];
        for new in [one, two] {
            let stored = passwords.hash(new, None).await.unwrap();
            assert!(verify(one, &stored).await && verify(two, &stored).await);
        }
        // An earlier version hashed the password as typed.
        let old = Argon2::default().hash_password(two.as_bytes()).unwrap().to_string();
        assert!(verify(two, &old).await && !verify("cafe tricycle 9", &old).await);
    }

    #[tokio::test]
    async fn hashes_of_other_costs_stay_valid() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, Some(24)).unwrap());
        let stored = cheap.hash_password(b"plum tricycle 9").unwrap().to_string();
        let passwords = Passwords::new().unwrap();
        assert_eq!(passwords.verify("plum tricycle 9", [Some(&stored), None]).await.unwrap(), [true, false]);
        assert_eq!(passwords.verify("plum tricycle 8", [Some(&stored), None]).await.unwrap(), [false, false]);
    }

    /// Hashes return their memory to the system afterwards: the memory of an idle server has a budget.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_is_kept_of_the_memory() {
        let resident = || {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<i64>().unwrap()
        };
        let passwords = Passwords::new().unwrap();
        let before = resident();
        for _ in 0..8 {
            passwords.hash("plum tricycle 9", None).await.unwrap();
        }
        // Other tests in this process hash too, so this waits until they are done.
        let mut kept = resident() - before;
        for _ in 0..500 {
            if kept < 10 * 1024 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            kept = resident() - before;
        }
        assert!(kept < 10 * 1024, "{kept} KiB");
    }
}
