//! Volumes and environment from protobuf. Field numbers: `generated.proto` of k8s.io/api/core/v1.

use super::given::{
    FromWire, NamedWire, PathWire, ProjectedWire, SecretWire, SourceWire, TokenWire, VariableWire, VariablesWire,
    VolumeWire,
};
use super::pod_proto::{Read, fold};
use super::proto::Fields;

/// `v1.LocalObjectReference`
pub fn named(message: &[u8]) -> Read<NamedWire<'_>> {
    fold(message, |named: &mut NamedWire<'_>, field, value| {
        if field == 1 {
            named.name = value.text()?;
        }
        Ok(())
    })
}

/// A message whose first field is a `v1.LocalObjectReference`, as Go embeds it.
fn embedded(message: &[u8]) -> Read<NamedWire<'_>> {
    fold(message, |into: &mut NamedWire<'_>, field, value| {
        if field == 1 {
            *into = named(value.bytes()?)?;
        }
        Ok(())
    })
}

/// `v1.Volume`; its source is a message of its own.
pub fn volume(message: &[u8]) -> Read<VolumeWire<'_>> {
    fold(message, |volume: &mut VolumeWire<'_>, field, value| {
        if field != 2 {
            return Ok(());
        }
        for source in Fields::of(value.bytes()?) {
            match source? {
                (1, path) => {
                    volume.host_path = fold(path.bytes()?, |into: &mut PathWire<'_>, field, value| {
                        if field == 1 {
                            into.path = value.text()?;
                        }
                        Ok(())
                    })?;
                }
                (6, secret) => {
                    volume.secret = fold(secret.bytes()?, |into: &mut SecretWire<'_>, field, value| {
                        if field == 1 {
                            into.secret_name = value.text()?;
                        }
                        Ok(())
                    })?;
                }
                (26, projected) => {
                    volume.projected = fold(projected.bytes()?, |into: &mut ProjectedWire<'_>, field, value| {
                        if field == 1 {
                            into.sources.push(projection(value.bytes()?)?);
                        }
                        Ok(())
                    })?;
                }
                _ => {}
            }
        }
        Ok(())
    })
}

/// `v1.VolumeProjection`
fn projection(message: &[u8]) -> Read<SourceWire<'_>> {
    fold(message, |source: &mut SourceWire<'_>, field, value| {
        match field {
            1 => source.secret = embedded(value.bytes()?)?,
            4 => {
                source.service_account_token =
                    Some(fold(value.bytes()?, |token: &mut TokenWire<'_>, field, value| {
                        if field == 1 {
                            token.audience = value.text()?;
                        }
                        Ok(())
                    })?);
            }
            _ => {}
        }
        Ok(())
    })
}

/// `v1.EnvVar`
pub fn variable(message: &[u8]) -> Read<VariableWire<'_>> {
    fold(message, |variable: &mut VariableWire<'_>, field, value| {
        match field {
            1 => variable.name = value.text()?,
            2 => variable.value = value.text()?,
            3 => {
                variable.value_from = fold(value.bytes()?, |from: &mut FromWire<'_>, field, value| {
                    if field == 4 {
                        from.secret_key_ref = embedded(value.bytes()?)?;
                    }
                    Ok(())
                })?;
            }
            _ => {}
        }
        Ok(())
    })
}

/// `v1.EnvFromSource`
pub fn variables(message: &[u8]) -> Read<VariablesWire<'_>> {
    fold(message, |all: &mut VariablesWire<'_>, field, value| {
        if field == 3 {
            all.secret_ref = embedded(value.bytes()?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::given::given;
    use super::super::pod_proto::pod;
    use crate::kubernetes::tests::proto::field;

    #[test]
    fn protobuf_gives_what_json_gives() {
        let name = |text: &str| field(1, text.as_bytes());
        let secret = field(1, &[name("tls"), field(2, &[field(6, &name("tls"))].concat())].concat());
        let host = field(1, &[name("host"), field(2, &field(1, &name("/var/run")))].concat());
        let token = field(1, &field(4, &[name("sts.amazonaws.com"), field(3, b"token")].concat()));
        let part = field(1, &field(1, &field(1, &name("more"))));
        let projected = field(1, &[name("all"), field(2, &field(26, &[token, part].concat()))].concat());
        let plain = field(7, &[name("DB_PASSWORD"), field(2, b"hunter2")].concat());
        let from =
            field(7, &[name("KEY"), field(3, &field(4, &[field(1, &name("keys")), field(2, b"a")].concat()))].concat());
        let all = field(19, &field(3, &field(1, &name("every"))));
        let capability = field(15, &field(1, &field(1, b"SYS_PTRACE")));
        let container = field(2, &[name("web"), plain, from, all, capability].concat());
        let pull = field(15, &name("registry"));
        let message = field(2, &[secret, host, projected, container, pull].concat());
        let given = given(&pod(&message).unwrap().spec);
        assert_eq!((given.paths, given.secret_files), (vec!["/var/run".into()], vec!["tls".into(), "more".into()]));
        assert_eq!(given.secret_variables, [("web".into(), "keys".into()), ("web".into(), "every".into())]);
        assert_eq!(given.plain_credentials, [("web".into(), "DB_PASSWORD".into())]);
        assert_eq!(given.capabilities, [("web".into(), "SYS_PTRACE".into())]);
        assert_eq!((given.pull_secrets, given.audiences), (vec!["registry".into()], vec!["sts.amazonaws.com".into()]));
    }
}
