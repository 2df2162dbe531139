#!/usr/bin/env python3
"""Makes kubernetes.json, what the twin knows of Kubernetes' types.

    make.py DIRECTORY-OF-k8s.io

asks the cluster of the current context for its OpenAPI v3 documents, and reads the
generated.proto files of the Go modules k8s.io/api and k8s.io/apimachinery below the directory.
"""
import glob
import json
import re
import subprocess
import sys

KINDS = """
v1: ConfigMap Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod ReplicationController
    ResourceQuota Secret Service ServiceAccount
apps/v1: ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
authentication.k8s.io/v1: SelfSubjectReview TokenRequest TokenReview
authorization.k8s.io/v1: LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
autoscaling/v1: Scale
autoscaling/v2: HorizontalPodAutoscaler
batch/v1: CronJob Job
coordination.k8s.io/v1: Lease
discovery.k8s.io/v1: EndpointSlice
events.k8s.io/v1: Event
networking.k8s.io/v1: Ingress NetworkPolicy
policy/v1: Eviction PodDisruptionBudget
rbac.authorization.k8s.io/v1: ClusterRole ClusterRoleBinding Role RoleBinding
scheduling.k8s.io/v1: PriorityClass
storage.k8s.io/v1: StorageClass
"""


def kinds():
    version = ""
    for word in KINDS.split():
        if word.endswith(":"):
            version = word[:-1]
        else:
            yield version, word


def schemas():
    """The schemas of the kinds and of all that they refer to, by name."""
    everything = {}
    for version in sorted({version for version, _ in kinds()}):
        path = f"/openapi/v3/{'apis/' if '/' in version else 'api/'}{version}"
        document = json.loads(subprocess.check_output(["kubectl", "get", "--raw", path]))
        everything.update(document["components"]["schemas"])
    wanted = set(kinds())
    found = {}
    todo = [name for name, schema in everything.items() for own in schema.get("x-kubernetes-group-version-kind", [])
            if ("/".join(filter(None, (own["group"], own["version"]))), own["kind"]) in wanted
            and not name.endswith("DeleteOptions")]
    todo.append("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions")
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = everything[name]
            todo += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(everything[name]))
    # Every kind shares this one, which would otherwise name all groups there are.
    for schema in found.values():
        own = [gvk for gvk in schema.get("x-kubernetes-group-version-kind", [])
               if ("/".join(filter(None, (gvk["group"], gvk["version"]))), gvk["kind"]) in wanted]
        if own:
            schema["x-kubernetes-group-version-kind"] = own
        else:
            schema.pop("x-kubernetes-group-version-kind", None)
    return found


def messages(root):
    """Fields of every message of the .proto files: name -> number -> [JSON name, type]."""
    found = {}
    for path in sorted(glob.glob(f"{root}/api@*/**/generated.proto", recursive=True)
                       + glob.glob(f"{root}/apimachinery@*/**/generated.proto", recursive=True)):
        package, message = "", None
        for line in open(path, encoding="utf-8"):
            line = line.split("//")[0].strip()
            if match := re.match(r"package ([\w.]+);", line):
                package = match[1]
            elif match := re.match(r"message (\w+) {", line):
                message = found.setdefault(f"{package}.{match[1]}", {})
            elif match := re.match(r"(optional |repeated |)(map<\s*string,\s*[\w.]+>|[\w.]+) (\w+) = (\d+);", line):
                label, kind, name, number = match.groups()
                full = re.sub(r"(?<![\w.])\.?([A-Z]\w*)", lambda m: f"{package}.{m[1]}", kind)
                full = re.sub(r"(^|,\s*)\.", r"\1", full).replace(" ", "")
                message[number] = [name, ("repeated " if label == "repeated " else "") + full]
    return found


def left_out(root):
    """What JSON leaves out where it is false or 0, though protobuf writes it: (package and message, number)."""
    found = set()
    for path in glob.glob(f"{root}/api@*/**/types.go", recursive=True) + glob.glob(f"{root}/apimachinery@*/**/types.go", recursive=True):
        package, message = re.sub(r"@[^/]*", "", path.removeprefix(root + "/")).removesuffix("/types.go"), ""
        for line in open(path, encoding="utf-8"):
            if match := re.match(r"type (\w+) struct {", line):
                message = match[1]
            elif match := re.match(r'\s+\w+\s+[\w.]+\s+`json:"\w+,omitempty".*protobuf:"varint,(\d+),opt', line):
                found.add((f"k8s.io/{package}/{message}".replace("/", "."), match[1]))
    return found


def protobuf(root, known):
    """The messages of the known schemas and of all that they hold. What Go embeds, JSON does not name."""
    everything, found, omitted = messages(root), {}, left_out(root)
    todo = []
    for name in known:
        package, _, message = name.rpartition(".")
        parts = package.split(".")
        todo.append("k8s.io." + ".".join(parts[2:]) + "." + message)
    while todo:
        name = todo.pop()
        if name in found or name not in everything:
            continue
        parts = name.split(".")
        schema = known.get("io.k8s." + ".".join(parts[2:]), {})
        properties = schema.get("properties")
        message = found[name] = {}
        for number, (field, kind) in everything[name].items():
            held = re.sub(r"repeated |map<string,|>", "", kind)
            embedded = properties is not None and field not in properties and held in everything
            message[number] = ["" if embedded else field, kind] + ([True] if (name, number) in omitted else [])
            todo.append(held)
    return found


def facts(schema):
    """A schema without its descriptions, which are sentences and no facts."""
    if isinstance(schema, dict):
        return {key: facts(value) for key, value in schema.items()
                if not (key == "description" and isinstance(value, str))}
    return [facts(item) for item in schema] if isinstance(schema, list) else schema


def lines(part):
    """An object with a line for each name."""
    return ",\n".join(f"{json.dumps(name)}:{json.dumps(part[name], sort_keys=True, separators=(',', ':'))}"
                      for name in sorted(part))


def main():
    known = facts(schemas())
    data = {"protobuf": protobuf(sys.argv[1], known), "schemas": known}
    with open("kubernetes.json", "w", encoding="utf-8") as file:
        file.write("{" + ",\n".join(f'"{name}":{{\n{lines(part)}\n}}' for name, part in data.items()) + "}\n")
    print(len(known), "schemas,", len(data["protobuf"]), "messages")


main()
