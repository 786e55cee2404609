//! The queue of a port, which tokio's threads share: jobs for the loop, and the bell that calls it to them.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(not(unix))]
use std::net::TcpStream as Bell;
#[cfg(unix)]
use std::os::unix::net::UnixStream as Bell;

/// Jobs per drain: 32 results of 25 us keep one turn of the loop under 1 ms, whatever arrives at once.
const JOBS_PER_DRAIN: usize = 32;

/// What the loop is to run, attached to the interpreter.
type Job = Box<dyn FnOnce() + Send>;

/// The part of a port that tokio's threads share.
pub struct Queue {
    jobs: Mutex<Jobs>,
    ringer: Bell,
    pub bell: Bell,
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    pub fn new() -> std::io::Result<Self> {
        let (ringer, bell) = bell_pair()?;
        ringer.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        Ok(Self { jobs: Mutex::default(), ringer, bell })
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, job: Job) {
        let mut jobs = self.jobs();
        if jobs.closed {
            drop(jobs);
            return;
        }
        jobs.waiting.push_back(job);
        let first = jobs.waiting.len() == 1;
        drop(jobs);
        if first {
            self.ring();
        }
    }

    /// A full socket is a bell that rings already, so a failed write needs no answer.
    pub fn ring(&self) {
        let _ = (&self.ringer).write(&[1]);
    }

    pub fn silence(&self) {
        let mut rings = [0; 64];
        while matches!((&self.bell).read(&mut rings), Ok(count) if count == rings.len()) {}
    }

    pub fn take(&self) -> (Vec<Job>, bool) {
        let mut jobs = self.jobs();
        let count = jobs.waiting.len().min(JOBS_PER_DRAIN);
        let batch = jobs.waiting.drain(..count).collect();
        (batch, !jobs.waiting.is_empty())
    }

    pub fn close(&self) {
        let abandoned = {
            let mut jobs = self.jobs();
            jobs.closed = true;
            std::mem::take(&mut jobs.waiting)
        };
        drop(abandoned);
    }
}

#[cfg(unix)]
fn bell_pair() -> std::io::Result<(Bell, Bell)> {
    Bell::pair()
}

#[cfg(not(unix))]
fn bell_pair() -> std::io::Result<(Bell, Bell)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let ringer = Bell::connect(listener.local_addr()?)?;
    loop {
        let (bell, peer) = listener.accept()?;
        if peer == ringer.local_addr()? {
            return Ok((ringer, bell));
        }
    }
}
