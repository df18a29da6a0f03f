//! `maxtop replay`: shows a recording on the screen, prints what it has, or writes a part of it. Sends no request.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::exit::{CommandError, ExitStatus};
use super::output::{print, visible};
use super::watch::{self, need_a_terminal};
use crate::app::endpoint::{CommandAccess, EndpointState};
use crate::app::replay::Replay;
use crate::cli::{GlobalOptions, ReplayArgs};
use crate::clock::local_zone;
use crate::config::Config;
use crate::model::{counted, exact_text, size_text};
use crate::recording::{Fact, FactKind, Limits, MAJOR_VERSION, Recording, RecordingError, RecordingTime};
use crate::runtime::audit::AuditLog;
use crate::runtime::recorder::{RecordingTarget, Rotation, write_part};
use crate::runtime::replay::ReplaySource;
use crate::runtime::run::{self as screen, PastSource, ScreenFiles};

/// Maximum size of a recording in bytes. It is read into memory.
const MAX_SIZE: u64 = 4_000_000_000;

/// A recording, and its path for messages.
pub(super) struct Opened {
    pub(super) recording: Recording,
    pub(super) path: String,
    /// Size in bytes.
    size: u64,
}

/// Shows a recording, or does what the options say.
pub(super) fn run(global: &GlobalOptions, args: &ReplayArgs) -> Result<ExitStatus, CommandError> {
    let opened = Opened::read(&args.file)?;
    if args.info {
        return opened.print_info();
    }
    if let (Some(times), Some(part)) = (&args.cut, &args.output) {
        if is_same_file(&args.file, part) {
            return Err(CommandError::OverItself);
        }
        return opened.cut(times, part, args.force);
    }
    let at = args.at.as_deref().map(str::parse::<RecordingTime>).transpose()?;
    need_a_terminal("use --info, or 'maxtop report FILE' for the incident as text")?;
    let source = opened.source(at.as_ref())?;
    show(&Config::read(&global.line)?, &opened, source)
}

impl Opened {
    /// Reads a recording.
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let shown = visible(&path.display().to_string());
        let unreadable = |source| CommandError::OpenRecording {
            path: shown.clone(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_SIZE + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        let size = bytes.len() as u64;
        if size > MAX_SIZE {
            let why = format!(
                "larger than {}: write smaller files with --max-size",
                size_text(MAX_SIZE)
            );
            return Err(unreadable(io::Error::other(why)));
        }
        let recording =
            Recording::open(bytes, Limits::default()).map_err(|source| CommandError::Recording {
                path: shown.clone(),
                source,
            })?;
        let path = shown;
        Ok(Self {
            recording,
            path,
            size,
        })
    }

    /// Returns the error of a part that cannot be read.
    pub(super) fn failed(&self, source: RecordingError) -> CommandError {
        CommandError::Recording {
            path: self.path.clone(),
            source,
        }
    }

    /// Returns what the screen shows: from a time on, otherwise from the first list.
    fn source(&self, at: Option<&RecordingTime>) -> Result<ReplaySource, CommandError> {
        let empty = || CommandError::EmptyRecording(self.path.clone());
        let (from, to) = self.recording.span().ok_or_else(empty)?;
        let start = if let Some(at) = at {
            at.find(&self.recording, &local_zone())?
        } else {
            let list = self.recording.step(from.elapsed, true);
            list.map_err(|error| self.failed(error))?.unwrap_or(from.elapsed)
        };
        // A damaged part is an error here, before the screen opens.
        for fact in self.recording.facts_until(start) {
            fact.map_err(|error| self.failed(error))?;
        }
        let name = Path::new(&self.path).file_name();
        let name = name.map_or_else(|| self.path.clone(), |name| name.to_string_lossy().into_owned());
        Ok(ReplaySource {
            recording: self.recording.clone(),
            state: Replay::new(name, (from, to), !self.recording.is_complete()),
            start,
        })
    }

    /// Prints what the recording has.
    fn print_info(&self) -> Result<ExitStatus, CommandError> {
        let (recording, zone) = (&self.recording, local_zone());
        let header = recording.header();
        let minor = header.minor_version;
        let chunks = counted(recording.chunk_count(), "chunk");
        let format = format!("{MAJOR_VERSION}.{minor}, written by maxtop {}", header.program);
        let mut lines = vec![
            ("file", self.path.clone()),
            ("format", format),
            ("size", format!("{}, {chunks}", size_text(self.size))),
        ];
        if let Some((from, to)) = recording.span() {
            let span = to.elapsed.saturating_sub(from.elapsed);
            let span = exact_text(Duration::from_secs(span.as_secs()));
            lines.push(("from", time(from.wall, &zone)));
            lines.push(("to", format!("{}, {span} later", time(to.wall, &zone))));
        } else {
            lines.push(("from", "no facts".to_owned()));
        }
        let damage = recording.facts().find_map(Result::err);
        let end = if damage.is_some() {
            "damaged"
        } else if recording.is_complete() {
            "complete"
        } else {
            "ends in the middle: the recorder was interrupted"
        };
        lines.push(("end", end.to_owned()));
        let endpoints = header.endpoints.iter();
        lines.extend(endpoints.map(|one| ("endpoint", format!("{}  {}", one.name, one.url))));
        print(|out| {
            let mut lines = lines.iter();
            lines.try_for_each(|(name, value)| writeln!(out, "{name:9} {value}"))
        })?;
        damage.map_or(Ok(ExitStatus::Done), |error| Err(self.failed(error)))
    }

    /// Whether a part has a session list, also one from before its start.
    fn has_list(&self, part: &[u8]) -> Result<bool, CommandError> {
        let part = Recording::open(part.to_vec(), Limits::default()).map_err(|error| self.failed(error))?;
        let is_list = |fact: Fact| matches!(fact.kind, FactKind::Listed(_));
        Ok(part.facts().any(|fact| fact.is_ok_and(is_list)))
    }

    /// Writes a part to another file.
    fn cut(&self, times: &[String], part: &Path, overwrite: bool) -> Result<ExitStatus, CommandError> {
        let zone = local_zone();
        let [from, to] = times else {
            return Err(CommandError::EmptyPart);
        };
        let from = from.parse::<RecordingTime>()?.find(&self.recording, &zone)?;
        let to = to.parse::<RecordingTime>()?.find_end(&self.recording, &zone)?;
        if from > to {
            return Err(CommandError::EmptyPart);
        }
        let bytes = self
            .recording
            .part(from, to)
            .map_err(|error| self.failed(error))?;
        if !self.has_list(&bytes)? {
            return Err(CommandError::PartWithoutList);
        }
        if part.as_os_str() == "-" {
            let written = write_part(RecordingTarget::Stdout, &bytes);
            return match written {
                Err(error) if !error.is_closed_pipe() => Err(error.into()),
                _ => Ok(ExitStatus::Done),
            };
        }
        let target = RecordingTarget::File {
            needs_list: false,
            path: part.to_owned(),
            overwrite,
            rotation: Rotation {
                max_size: u64::MAX,
                max_age: None,
                keep: 0,
            },
        };
        write_part(target, &bytes)?;
        Ok(ExitStatus::Done)
    }
}

/// Whether two paths name the same existing file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    canonical(one).is_some_and(|one| Some(one) == canonical(other))
}

fn time(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned_datetime(zone.clone());
    zoned.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// Shows the recording until the screen is closed.
fn show(config: &Config, opened: &Opened, source: ReplaySource) -> Result<ExitStatus, CommandError> {
    let endpoints = opened.recording.header().endpoints.iter().map(|endpoint| {
        let mut state = EndpointState::new(endpoint.name.to_string(), false, Vec::new());
        state.access = Some(CommandAccess {
            url: endpoint.url.to_string(),
            user: None,
        });
        state
    });
    let mut settings = watch::settings(config);
    settings.bell = false;
    settings.audit = String::new();
    let files = ScreenFiles {
        audit: AuditLog::new(None, Vec::new()),
        settings: config.settings_file.clone(),
        past: PastSource::Recording(Box::new(source)),
        recordings: None,
    };
    let runtime = watch::runtime()?;
    let left = runtime.block_on(screen::show(settings, Vec::new(), endpoints.collect(), files));
    runtime.shutdown_background();
    watch::finish(left?)
}
