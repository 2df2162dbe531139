//! `DescribeVpcs`

use super::super::account::Account;
use super::super::told::Unsaid;

const CALL: &str = "ec2:DescribeVpcs";

impl Account {
    /// Whether a network is there.
    ///
    /// # Errors
    /// It is not of this account and Region, or the service cannot be asked.
    pub async fn vpc(&self, id: &str) -> Result<(), Unsaid> {
        let asked = self.clients.ec2().describe_vpcs().vpc_ids(id).send().await;
        let answer = asked.map_err(|error| self.unsaid(CALL, &error))?;
        let found = answer.vpcs().iter().any(|vpc| vpc.vpc_id() == Some(id));
        if found { Ok(()) } else { Err(self.absent(CALL, format!("no network {id}"))) }
    }
}
