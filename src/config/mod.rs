//! What a person decides before the cockpit starts: directories, settings, keys, themes.

pub mod directories;
pub mod keymap;
pub mod library;
pub mod settings;
pub mod state;
pub mod theme;
pub mod trouble;

pub use directories::Directories;
pub use settings::Settings;
pub use trouble::Trouble;
