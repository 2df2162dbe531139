//! Standard output that may be closed at any time.

use std::io::{self, BufWriter, ErrorKind, Write};

use color_eyre::eyre::{Result, WrapErr};

/// Writes to standard output. Whoever closed the pipe (`| head`) has seen enough: that is no error.
pub fn write(body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match body(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.wrap_err("cannot write to standard output"),
    }
}

/// Writes one text.
pub fn print(text: &str) -> Result<()> {
    write(|out| out.write_all(text.as_bytes()))
}
