//! What the shop runs besides its system and its trouble.

use super::app::{App, On};

const fn app(namespace: &'static str, name: &'static str, image: &'static str, replicas: u64, port: u16) -> App {
    App::new(namespace, name, image, replicas, port)
}

/// Every ordinary workload.
pub(super) const APPS: &[App] = &[
    App { days: 41, ..app("shop", "cart", "shop/cart:3.7.1", 4, 8080) },
    App { days: 12, ..app("shop", "session-store", "shop/valkey:8.1.3", 3, 6379) },
    App { days: 77, role: "-", ..app("shop", "image-resizer", "shop/image-resizer:1.12.0", 3, 8080) },
    App { days: 9, ..app("catalog", "catalog-api", "catalog/api:6.2.0", 5, 8080) },
    App { days: 9, role: "-", ..app("catalog", "catalog-indexer", "catalog/indexer:6.2.0", 2, 0) },
    App { days: 160, stateful: true, ..app("catalog", "catalog-db", "catalog/postgres:17.6", 3, 5432) },
    App {
        days: 22,
        role: "payments-gateway",
        on: On::Payments,
        ..app("payments", "gateway", "payments/gateway:2.31.0", 4, 8443)
    },
    App {
        days: 22,
        role: "payments-ledger",
        on: On::Payments,
        ..app("payments", "ledger", "payments/ledger:2.30.4", 3, 8080)
    },
    App {
        days: 118,
        on: On::Payments,
        stateful: true,
        ..app("payments", "vault-agent", "payments/vault-agent:1.20.2", 2, 8200)
    },
    App { days: 4, ..app("checkout", "checkout", "checkout/checkout:11.4.0", 6, 8080) },
    App { days: 4, role: "-", ..app("checkout", "tax", "checkout/tax:1.9.3", 2, 8080) },
    App { days: 63, ..app("checkout", "coupons", "checkout/coupons:0.44.0", 2, 8080) },
    App { days: 15, ..app("search", "query", "search/query:5.1.0", 4, 8080) },
    App { days: 203, stateful: true, ..app("search", "opensearch", "search/opensearch:2.19.3", 3, 9200) },
    App { days: 15, role: "-", ..app("search", "suggest", "search/suggest:5.1.0", 2, 8080) },
    App { days: 51, role: "identity-signer", ..app("identity", "login", "identity/login:8.0.5", 4, 8080) },
    App { days: 51, ..app("identity", "token", "identity/token:8.0.5", 3, 8080) },
    App { days: 51, role: "-", ..app("identity", "profile", "identity/profile:8.0.2", 2, 8080) },
    App { days: 27, role: "notifications-ses", ..app("notifications", "mailer", "notifications/mailer:4.3.0", 3, 0) },
    App { days: 27, role: "-", ..app("notifications", "push", "notifications/push:4.3.0", 2, 8080) },
    App { days: 88, role: "fulfilment-queue", ..app("fulfilment", "orders", "fulfilment/orders:7.7.7", 4, 8080) },
    App { days: 88, role: "-", ..app("fulfilment", "carrier-sync", "fulfilment/carrier-sync:2.0.1", 2, 0) },
    App {
        days: 96,
        role: "-",
        on: On::Warehouse,
        ..app("fulfilment", "label-printer", "fulfilment/label-printer:1.1.8", 2, 9100)
    },
    App { days: 34, role: "analytics-lake", ..app("analytics", "collector", "analytics/collector:3.5.2", 5, 8080) },
    App { days: 199, stateful: true, ..app("analytics", "kafka", "analytics/kafka:4.1.0", 3, 9092) },
    App {
        days: 3,
        role: "reports-bucket",
        on: On::Fargate,
        ..app("reports", "renderer", "reports/renderer:1.4.0", 3, 8080)
    },
    App {
        days: 1,
        role: "-",
        args: &["--model=/models/current", "--strict"],
        ..app("recommendations", "recommender", "recommendations/recommender:0.9.4", 3, 8080)
    },
    App { days: 1, role: "-", ..app("recommendations", "trainer", "recommendations/trainer:0.10.0-rc1", 1, 0) },
    App { days: 130, ..app("monitoring", "prometheus", "quay.io/prometheus/prometheus:v3.7.1", 2, 9090) },
    App { days: 130, ..app("monitoring", "grafana", "docker.io/grafana/grafana:12.2.0", 2, 3000) },
    App {
        days: 130,
        stateful: true,
        ..app("monitoring", "alertmanager", "quay.io/prometheus/alertmanager:v0.28.1", 3, 9093)
    },
    App {
        days: 130,
        ..app(
            "monitoring",
            "kube-state-metrics",
            "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
            1,
            8080,
        )
    },
    App {
        days: 180,
        ..app("ingress", "ingress-nginx-controller", "registry.k8s.io/ingress-nginx/controller:v1.13.3", 3, 8443)
    },
    App {
        days: 180,
        role: "external-dns",
        ..app("ingress", "external-dns", "registry.k8s.io/external-dns/external-dns:v0.19.0", 1, 0)
    },
    App { days: 180, ..app("platform", "cert-manager", "quay.io/jetstack/cert-manager-controller:v1.19.1", 2, 9402) },
    App {
        days: 180,
        role: "external-secrets",
        ..app("platform", "external-secrets", "ghcr.io/external-secrets/external-secrets:v0.20.3", 2, 0)
    },
    App {
        days: 74,
        role: "argocd-deploy",
        ..app("platform", "argocd-application-controller", "quay.io/argoproj/argocd:v3.1.8", 1, 8082)
    },
    App { days: 74, role: "-", ..app("platform", "argocd-server", "quay.io/argoproj/argocd:v3.1.8", 2, 8080) },
    App { days: 45, role: "ci-runner", ..app("ci", "runner", "ci/runner:2.329.0", 4, 0) },
    App { days: 6, role: "-", ..app("staging", "web", "shop/storefront:4.19.0", 1, 8080) },
    App { days: 6, role: "-", ..app("staging", "api", "shop/api:4.19.0", 1, 8080) },
];
