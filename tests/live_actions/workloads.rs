//! What is done to workloads.

use serde_json::json;

use super::lab::{Lab, eventually, object};

#[test]
fn a_deployment_goes_to_nothing_and_back() {
    let Some(lab) = Lab::new("scale") else { return };
    lab.act(&["capture-pod", &lab.pod()]);
    let plan = lab.act(&["scale-down", "deploy/web"]);
    assert!(plan["notes"].to_string().contains("NOT captured: "), "{}", plan["notes"]);
    assert_eq!(lab.get("deploy/web")["spec"]["replicas"], 0);
    eventually("its pods are gone", || object(&["pods", "-n", &lab.namespace])["items"] == json!([]));
    lab.undo();
    assert_eq!(lab.get("deploy/web")["spec"]["replicas"], 2);
    eventually("two pods are there again", || lab.pods().len() == 2);

    let sets = object(&["rs", "-n", &lab.namespace]);
    let set = format!("rs/{}", sets["items"][0]["metadata"]["name"].as_str().unwrap());
    assert!(lab.refused(&["scale-down", &set]).contains("belongs to Deployment web"));
}

#[test]
fn jobs_start_nothing_until_they_may_again() {
    let Some(lab) = Lab::new("suspend") else { return };
    let container = json!({"name": "c", "image": "local/tools:2", "imagePullPolicy": "Never", "args": ["sleep 600"]});
    let pod = json!({"spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
        "tolerations": [{"operator": "Exists"}], "containers": [container]}});
    lab.apply(&json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": lab.meta("nightly"),
        "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": pod}}},
    }));
    lab.apply(
        &json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": lab.meta("long"), "spec": {"template": pod}}),
    );
    eventually("the job has a pod", || lab.get("job/long")["status"]["active"] == 1);

    assert_eq!(lab.act(&["suspend-workload", "cronjob/nightly"])["tier"], 2);
    let plan = lab.act(&["suspend-workload", "job/long"]);
    assert_eq!(plan["tier"], 3, "{plan:#}");
    assert!(plan["notes"].to_string().contains("NOT captured"), "{}", plan["notes"]);
    assert_eq!(lab.get("cronjob/nightly")["spec"]["suspend"], true);
    assert_eq!(lab.get("job/long")["spec"]["suspend"], true);
    let of_the_job = ["pods", "-n", &lab.namespace, "-l", "batch.kubernetes.io/job-name=long"];
    eventually("the job's pods are gone", || object(&of_the_job)["items"] == json!([]));
    lab.undo();
    assert_eq!(lab.get("cronjob/nightly")["spec"]["suspend"], false);
    assert_eq!(lab.get("job/long")["spec"]["suspend"], false);
}
