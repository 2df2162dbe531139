//! An instance of which some services tell and others do not.

use super::scripted::Scripted;
use crate::aws::{Unsaid, machine_at};
use crate::model::ReadOnly;

const INSTANCE: &str = "i-0123456789abcdef0";

fn ec2(operation: &str, inside: &str) -> String {
    format!("<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{inside}</{operation}Response>")
}

fn refused(code: &str) -> String {
    format!("<Response><Errors><Error><Code>{code}</Code><Message>no \u{202e}</Message></Error></Errors></Response>")
}

#[tokio::test]
async fn what_one_service_does_not_tell_stands_beside_what_the_others_tell() {
    let instance = format!(
        "<reservationSet><item><ownerId>111122223333</ownerId><instancesSet><item><instanceId>{INSTANCE}</instanceId>\
         <instanceState><code>16</code><name>running</name></instanceState><instanceLifecycle>spot</instanceLifecycle>\
         <metadataOptions><httpTokens>optional</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions>\
         </item></instancesSet></item></reservationSet>"
    );
    let volume = format!(
        "<volumeSet><item><volumeId>vol-1</volumeId><size>80</size><encrypted>true</encrypted><attachmentSet><item>\
         <instanceId>{INSTANCE}</instanceId><device>/dev/xvda</device><deleteOnTermination>true</deleteOnTermination>\
         </item></attachmentSet></item></volumeSet>"
    );
    let protection = "<disableApiTermination><value>true</value></disableApiTermination>";
    let scripted = Scripted::new(vec![
        ("Action=DescribeInstances&", 200, "", ec2("DescribeInstances", &instance)),
        ("Attribute=disableApiTermination", 200, "", ec2("DescribeInstanceAttribute", protection)),
        ("Attribute=instanceInitiated", 403, "", refused("UnauthorizedOperation")),
        ("Action=DescribeVolumes&", 200, "", ec2("DescribeVolumes", &volume)),
        ("Action=DescribeNetworkInterfaces&", 503, "", refused("RequestLimitExceeded")),
    ])
    .await;
    let told = machine_at(Some(&scripted.place), INSTANCE, ReadOnly::closed()).await;
    let machine = told.said.unwrap();
    let instance = machine.instance.said.unwrap();
    assert!(instance.spot && instance.metadata_tokens == Some(false) && instance.metadata_hops == Some(2));
    assert_eq!((instance.account.as_str(), instance.state.as_str()), ("111122223333", "running"));
    assert_eq!(machine.termination_protection.said, Ok(true));
    let volumes = machine.volumes.said.unwrap();
    assert_eq!((volumes[0].device.as_str(), volumes[0].deleted_with_instance), ("/dev/xvda", Some(true)));
    let denied = machine.shutdown.said.unwrap_err();
    assert!(matches!(&denied, Unsaid::Denied { call: "ec2:DescribeInstanceAttribute", .. }), "{denied}");
    assert!(!denied.to_string().contains('\u{202e}'));
    assert!(matches!(machine.interfaces.said, Err(Unsaid::Throttled { .. })));
    assert!(matches!(machine.groups.said, Err(Unsaid::NotAsked(_))));
    assert_eq!(machine.roles.said, Ok(Vec::new()));
    assert!(matches!(machine.scaling.said, Err(Unsaid::Failed { .. })));
}

#[tokio::test]
async fn an_instance_of_another_account_is_not_there() {
    let scripted = Scripted::new(vec![("Action=", 400, "", refused("InvalidInstanceID.NotFound"))]).await;
    let machine = machine_at(Some(&scripted.place), INSTANCE, ReadOnly::closed()).await.said.unwrap();
    let absent = machine.instance.said.unwrap_err().to_string();
    assert!(absent.contains("is it of another account or Region"), "{absent}");
    let none = machine_at(None, INSTANCE, ReadOnly::closed()).await.said.unwrap_err();
    assert!(none.to_string().contains("no AWS account"), "{none}");
}

#[tokio::test]
async fn the_roles_of_instances_are_those_of_their_profiles() {
    let item = |id: &str, profile: &str| format!("<item><instanceId>{id}</instanceId>{profile}</item>");
    let profile = "<iamInstanceProfile><arn>arn:aws:iam::1:instance-profile/nodes</arn></iamInstanceProfile>";
    let both = item("i-1", profile) + &item("i-2", profile) + &item("i-3", "");
    let instances = format!("<reservationSet><item><instancesSet>{both}</instancesSet></item></reservationSet>");
    let role = "<GetInstanceProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetInstanceProfileResult>\
                <InstanceProfile><Path>/</Path><InstanceProfileName>nodes</InstanceProfileName><InstanceProfileId>A</InstanceProfileId>\
                <Arn>arn:aws:iam::1:instance-profile/nodes</Arn><CreateDate>2026-11-28T00:00:00Z</CreateDate><Roles><member>\
                <Path>/</Path><RoleName>node</RoleName><RoleId>B</RoleId><Arn>arn:aws:iam::1:role/node</Arn>\
                <CreateDate>2026-11-28T00:00:00Z</CreateDate></member></Roles></InstanceProfile></GetInstanceProfileResult>\
                </GetInstanceProfileResponse>";
    let scripted = Scripted::new(vec![
        ("Filter.1.Name=instance-id", 200, "", ec2("DescribeInstances", &instances)),
        ("InstanceProfileName=nodes", 200, "", role.to_owned()),
    ])
    .await;
    let ids = ["i-1", "i-2", "i-3", "i-gone"].map(Into::into);
    let roles = scripted.account().await.roles_of_instances(&ids).await.unwrap();
    let told: Vec<_> = roles.iter().map(|(id, role)| format!("{id} {role}")).collect();
    assert_eq!(told, ["i-1 node", "i-2 node", "i-3 "]);
    assert_eq!((scripted.saw("DescribeInstances"), scripted.saw("GetInstanceProfile")), (1, 1));
}
