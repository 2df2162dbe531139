use super::*;

type Rgb = (u8, u8, u8);

const BUILT_IN: [&str; 5] = ["colour-blind", "dark", "high-contrast", "light", "mono"];

#[test]
fn every_built_in_theme_is_whole() {
    assert_eq!(Library::new(&EMBEDDED, PathBuf::new()).names(), BUILT_IN);
    for name in BUILT_IN {
        let volume = Library::new(&EMBEDDED, PathBuf::new()).built_in(name).unwrap();
        let (_, troubles) = file::read(&volume.file, name, &volume.text).unwrap();
        assert!(troubles.is_empty(), "{troubles:?}");
        let painted = |role: &Role| volume.text.lines().any(|line| line.starts_with(&format!("  {}: {{", role.name())));
        assert_eq!(Role::ALL.iter().find(|role| !painted(role)), None, "{name}");
    }
}

#[test]
fn text_is_readable_on_every_ground() {
    for theme in BUILT_IN.map(Theme::built_in) {
        for role in Role::ALL.iter().filter(|role| role.is_text()) {
            let paint = theme.paint(*role);
            let Some(fg) = paint.fg else { continue };
            for ground in paint.bg.map_or_else(|| theme.grounds.clone(), |bg| vec![bg]) {
                let exact = Colour::contrast(fg.rgb, ground.rgb);
                let sixteen = Colour::contrast(Colour::xterm(fg.ansi), Colour::xterm(ground.ansi));
                assert!(exact >= 4.5, "{} {role}: {exact:.2} on {:?}", theme.name, ground.rgb);
                assert!(sixteen >= 4.5, "{} {role}: {sixteen:.2} in sixteen colours", theme.name);
            }
        }
    }
}

/// What must be told apart at a glance, whatever the eye or the terminal.
const TOLD_APART: [(Role, Role); 8] = [
    (Role::Text, Role::Selection),
    (Role::Border, Role::Focus),
    (Role::Text, Role::Mark),
    (Role::Text, Role::Scope),
    (Role::Ok, Role::Warn),
    (Role::Ok, Role::Critical),
    (Role::Text, Role::Stale),
    (Role::ReadOnly, Role::Armed),
];

#[test]
fn mono_tells_apart_by_emphasis() {
    let mono = Theme::built_in("mono");
    for role in Role::ALL {
        let paint = mono.paint(*role);
        assert_eq!((paint.fg, paint.bg, paint.italic, paint.dim), (None, None, false, false), "{role}");
    }
    for (one, other) in TOLD_APART {
        assert_ne!(mono.paint(one), mono.paint(other), "{one} and {other}");
    }
}

#[test]
fn colour_themes_tell_the_selected_row_by_its_ground() {
    for theme in ["dark", "light", "high-contrast", "colour-blind"].map(Theme::built_in) {
        let selection = theme.paint(Role::Selection);
        assert!(selection.fg.is_some() && selection.bg.is_some(), "{}", theme.name);
    }
}

/// Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of
/// Color Vision Deficiency" (IEEE TVCG 2009), severity 1.0: deuteranopia, protanopia, tritanopia.
const BLINDNESS: [[[f64; 3]; 3]; 3] = [
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

fn seen((red, green, blue): Rgb, eye: [[f64; 3]; 3]) -> [f64; 3] {
    let parts = [red, green, blue].map(f64::from);
    eye.map(|row| row.iter().zip(parts).map(|(weight, part)| weight * part).sum())
}

#[test]
fn the_colour_blind_theme_keeps_its_severities_apart() {
    let theme = Theme::built_in("colour-blind");
    let colour = |role: Role| theme.paint(role).fg.unwrap().rgb;
    for eye in BLINDNESS {
        for (one, other) in [(Role::Ok, Role::Warn), (Role::Ok, Role::Critical), (Role::Warn, Role::Critical)] {
            let (a, b) = (seen(colour(one), eye), seen(colour(other), eye));
            let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            assert!(distance > 60.0, "{one} and {other}: {distance:.0} of 441");
        }
    }
}

#[test]
fn a_theme_of_the_persons_is_used_and_a_malformed_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::under(home.path());
    let folder = directories.config().join("themes");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("dark.yaml"), "roles:\n  text: { bold: true }\n  txet: {}\n  ok: { fg: nil }\n")
        .unwrap();
    let (theme, troubles) = Theme::load(&directories, "dark");
    assert!(theme.paint(Role::Text).bold && theme.paint(Role::Warn).bold);
    let lines: Vec<_> = troubles.iter().map(|trouble| trouble.line).collect();
    assert_eq!(lines, [Some(4), Some(3)], "{troubles:?}");

    std::fs::write(folder.join("dark.yaml"), "roles: [\n").unwrap();
    let (theme, troubles) = Theme::load(&directories, "dark");
    assert_eq!(theme, Theme::built_in("dark"));
    assert!(troubles.first().unwrap().to_string().contains("themes/dark.yaml:"), "{troubles:?}");

    let (theme, troubles) = Theme::load(&directories, "drak");
    assert_eq!(theme.name, "dark");
    assert!(troubles.first().unwrap().what.contains("high-contrast"));
}
