//! From the command to a running server.

use super::{
    LabSpec, READY_PREFIX,
    args::LabArgs,
    blocking::{Blocking, serve_pool, serve_threads},
    event_loop::serve_event_loop,
    listen::listen_on,
    process::{die_with, prepare},
    service::Service,
    spec::Model,
    supervise::{keep_restarting, run_workers},
    work::{Lock, Tokens},
};
use std::{
    io::{self, Write},
    net::{SocketAddrV4, TcpListener},
    os::fd::AsFd,
    sync::Arc,
};

/// Why a reference server can't run.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The address can't be had.
    #[error("can't listen on {address} ({source}); choose another --port, or 0 for a free one")]
    Listen {
        /// What was asked for.
        address: SocketAddrV4,
        /// What the system said.
        source: io::Error,
    },
    /// More file descriptors than the hard limit.
    #[error("fds={asked} is more than the hard limit of {most} open files; choose at most {most}, or raise it (ulimit -Hn)")]
    TooManyFiles {
        /// What was asked for.
        asked: u64,
        /// The hard limit.
        most: u64,
    },
    /// The process that wanted this server has gone.
    #[error("process {parent}, for which this server was started, is not its parent (any more)")]
    Orphaned {
        /// Its id.
        parent: u32,
    },
    /// A worker or the serving process did not come up.
    #[error("a serving process did not come up ({0})")]
    Worker(String),
    /// The system refused something.
    #[error("the reference server can't run ({0})")]
    Process(#[from] io::Error),
}

/// Serves as the arguments say.
pub(super) fn serve(args: &LabArgs, out: &mut dyn Write) -> Result<(), LabError> {
    if let Some(parent) = args.parent {
        die_with(parent)?;
    }
    let spec = &args.spec;
    if args.worker {
        return serve_as_worker(args, out);
    }
    if spec.restarts() && !args.supervised {
        return keep_restarting(args, out);
    }
    prepare(spec)?;
    let address = args.address();
    let listener = listen_on(address, spec.backlog).map_err(|source| LabError::Listen { address, source })?;
    if spec.model == Model::Processes {
        return run_workers(spec, &listener, out);
    }
    announce(&listener, out)?;
    serve_here(spec, listener)
}

/// Says that the server is ready, and where.
pub(super) fn announce(listener: &TcpListener, out: &mut dyn Write) -> Result<(), LabError> {
    writeln!(out, "{READY_PREFIX}{}", listener.local_addr()?)?;
    out.flush()?;
    Ok(())
}

/// The permit of a global lock that worker processes share, where there is one.
pub(super) fn lock_of(spec: &LabSpec) -> io::Result<Option<Tokens>> {
    (!spec.lock.is_zero()).then(|| Tokens::of(1)).transpose()
}

/// The permits of the downstream pool, where there is one.
pub(super) fn slots_of(spec: &LabSpec) -> io::Result<Option<Tokens>> {
    spec.slots.map(Tokens::of).transpose()
}

fn serve_as_worker(args: &LabArgs, out: &mut dyn Write) -> Result<(), LabError> {
    prepare(&args.spec)?;
    let listener = TcpListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    let shared = |fd: Option<i32>| match (fd, args.parent) {
        (Some(fd), Some(parent)) => Tokens::open(parent, fd).map(Some),
        _ => Ok(None),
    };
    let lock = shared(args.lock_fd)?.map(Lock::Shared);
    let server = Blocking { service: Service::of(&args.spec), lock, slots: shared(args.slots_fd)? };
    announce(&listener, out)?;
    Ok(serve_pool(&listener, &server, 1)?)
}

fn serve_here(spec: &LabSpec, listener: TcpListener) -> Result<(), LabError> {
    let service = Service::of(spec);
    match spec.model {
        Model::Async | Model::AsyncBlocking => serve_event_loop(listener, service)?,
        Model::Threads => {
            let lock = (!spec.lock.is_zero()).then(|| Lock::in_memory(spec.lock_kind));
            serve_threads(&listener, &Arc::new(Blocking { service, lock, slots: slots_of(spec)? }));
        }
        Model::Single | Model::Pool | Model::Processes => {
            let lock = lock_of(spec)?.map(Lock::Shared);
            serve_pool(&listener, &Blocking { service, lock, slots: slots_of(spec)? }, spec.workers)?;
        }
    }
    Ok(())
}
