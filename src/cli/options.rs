//! Options that every command has.

use std::path::PathBuf;

use clap::Args;

/// Where to look, as whom, and how it looks.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Context of the kubeconfig, name of a discovered cluster, or account/NUMBER for an account alone; may be given several times
    #[arg(long, global = true, value_name = "CONTEXT", help_heading = "Clusters")]
    pub context: Vec<String>,
    /// Kubeconfig to read instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, global = true, value_name = "FILE", help_heading = "Clusters")]
    pub kubeconfig: Option<PathBuf>,
    /// User to impersonate in every cluster
    #[arg(long = "as", global = true, value_name = "USER", help_heading = "Clusters")]
    pub as_user: Option<String>,
    /// Group to impersonate; may be given several times
    #[arg(long, global = true, value_name = "GROUP", requires = "as_user", help_heading = "Clusters")]
    pub as_group: Vec<String>,
    /// AWS profile whose EKS clusters are looked for; may be given several times
    #[arg(long, global = true, value_name = "PROFILE", help_heading = "Clusters")]
    pub profile: Vec<String>,
    /// AWS Region to look in; may be given several times
    #[arg(long, global = true, value_name = "REGION", help_heading = "Clusters")]
    pub region: Vec<String>,
    /// Send nothing that changes or discloses anything, whatever is asked for
    #[arg(long, global = true, help_heading = "Safety")]
    pub read_only: bool,
    /// The case that everything belongs to: an id, or a directory
    #[arg(long, global = true, value_name = "ID", help_heading = "Safety")]
    pub case: Option<String>,
    /// Directory of the cases
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "PODMORTEM_CASES",
        hide_env_values = true,
        help_heading = "Safety"
    )]
    pub cases: Option<PathBuf>,
    /// The cockpit reads these findings, in any shape that alerts come in; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Clusters")]
    pub findings: Vec<PathBuf>,
    /// The cockpit's queries at a prompt, line by line: for screen readers and slow lines
    #[arg(long, global = true, help_heading = "Screen")]
    pub plain: bool,
    /// Only ASCII characters
    #[arg(long, global = true, help_heading = "Screen")]
    pub ascii: bool,
    /// Theme: dark, light, high-contrast, colour-blind, mono, or one of yours
    #[arg(long, global = true, value_name = "NAME", help_heading = "Screen")]
    pub theme: Option<String>,
}
