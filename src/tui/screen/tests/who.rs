//! Who we are, in the header.

use super::*;

fn header(app: &mut App, width: u16) -> String {
    screen(app, width, 40).lines().nth(1).unwrap().to_owned()
}

#[test]
fn whom_aws_takes_us_for_stands_beside_whom_the_server_does() {
    let mut app = app();
    let (before, narrow) = (header(&mut app, 160), header(&mut app, 80));
    assert!(!before.contains("aws "), "{before}");
    let arn = |account: &str| Clean::from(format!("arn:aws:sts::{account}:assumed-role/responder/kim"));
    app.reply(Reply::Caller(SHOP, arn("123456789012")));
    let text = header(&mut app, 160);
    assert!(text.contains("aws assumed-role/responder/kim"), "{text}");
    app.reply(Reply::Caller(SHOP, arn("999900001111")));
    let text = header(&mut app, 160);
    assert!(text.contains("aws 999900001111 assumed-role/responder/kim"), "another account's is said so: {text}");
    assert_eq!(header(&mut app, 80), narrow, "the server's name for us gave way");
}

#[test]
fn one_name_is_not_said_twice() {
    let mut app = app();
    let user = app.inventory.cluster(SHOP).unwrap().identity.clone().unwrap().user;
    app.reply(Reply::Caller(SHOP, user));
    let text = header(&mut app, 160);
    assert!(!text.contains("aws "), "{text}");
}
