//! The questions. Those of escalation and the objectives stand so in AWS's EKS forensics
//! playbook, the others follow part 1 of its playbook for privileged containers.

use super::topic::{Form, Group, Source, Topic};
use super::{facts, message, priority};

/// What a change can be: meant to be so, not meant to be so, or nobody could be asked.
const AUTHORISED: Form = Form::Choice(&["yes", "no", "unreached"]);

/// How urgent an incident is.
const PRIORITIES: Form = Form::Choice(&["P1", "P2", "P3", "P4"]);

/// Every topic.
pub static TOPICS: &[Topic] = &[
    Topic {
        id: "ticket",
        group: Group::Case,
        question: "Which ticket or case has been raised for the incident?",
        hint: "Where there is none, raise one by hand before anything else is done.",
        good: "INC-42, or its address in your ticket system",
        form: Form::Line,
        known: Source::Facts(facts::ticket),
    },
    Topic {
        id: "priority",
        group: Group::Case,
        question: "How urgent is it?",
        hint: "P1: users or data are being hurt, or a node or the cluster is in foreign hands. P2: likely to become so. \
               P3: contained or limited. P4: to be looked at in working hours.",
        good: "P2 the pod is privileged, nobody outside has been hurt so far",
        form: PRIORITIES,
        known: Source::Facts(priority::known),
    },
    Topic {
        id: "impact",
        group: Group::Case,
        question: "What do end users notice?",
        hint: "Begin to write it down now and go on with it; every version stays in the journal.",
        good: "since 03:10 about one in three payments fails in the shop; the status page says so since 03:25",
        form: Form::Lines,
        known: Source::Facts(facts::impact),
    },
    Topic {
        id: "war-room",
        group: Group::Case,
        question: "Where does the war room talk?",
        hint: "Open one with your usual tools and page the people who are needed in: `:page`.",
        good: "https://meet.example/inc-42, lead: Kim; notes are taken by Alex",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "principal",
        group: Group::Authorised,
        question: "Who launched it, how were they contacted, and what did they say?",
        hint: "Where the principal is a person of yours, ask them by a way that an intruder does not have in hand: by \
               telephone, not in the chat of the account in question.",
        good: "Kim (role deployer), by telephone 03:20: has not deployed anything since Friday",
        form: Form::Lines,
        known: Source::Facts(facts::principal),
    },
    Topic {
        id: "authorised",
        group: Group::Authorised,
        question: "Was the change meant and authorised (yes, no, unreached)?",
        hint: "yes only where a change request or another authorisation was seen, not where somebody remembers one. \
               unreached: nobody could be asked; then it is treated as not authorised.",
        good: "no, Kim says that she did not do it",
        form: AUTHORISED,
        known: Source::Person,
    },
    Topic {
        id: "authoriser",
        group: Group::Authorised,
        question: "Who said so?",
        hint: "The person who answers for the change, not the one who made it.",
        good: "Robin, head of payments, 03:31 by telephone",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "change",
        group: Group::Authorised,
        question: "What is the number of the change request?",
        hint: "Look it up in change management: time, object and person must fit what was seen.",
        good: "CHG-1009, approved, planned for 02:00 to 04:00 today",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "decision",
        group: Group::Stakeholders,
        question: "Who decides on containment, and by when?",
        hint: "Name one person and a time after which you act without an answer.",
        good: "Robin, head of payments, by 03:45; without an answer we isolate then",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "message",
        group: Group::Stakeholders,
        question: "What are stakeholders told of what you intend to do?",
        hint: "Drafted from the record once `authorised` is no or unreached. Read it, correct it, save it, copy it (y) \
               into your own channel: nothing is sent from here.",
        good: "what was seen, since when, what will be done and to what, what that interrupts, who decides by when",
        form: Form::Lines,
        known: Source::Record(message::known),
    },
    Topic {
        id: "forensics",
        group: Group::Escalation,
        question: "When are forensics to be conducted: who has decided, and what?",
        hint: "It is a decision of the business: evidence first costs time during which an intruder is inside, \
               containment first costs evidence.",
        good: "Robin, 03:31: capture the pod's state first, isolate by 03:45, node memory only with a P1",
        form: Form::Lines,
        known: Source::Facts(facts::forensics),
    },
    Topic {
        id: "monitoring",
        group: Group::Escalation,
        question: "Who is monitoring the logs and alerts, receiving them and acting upon each?",
        hint: "Names or a rota, for the time that the incident takes.",
        good: "SOC shift B until 06:00 (Alex), then shift C",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "notified",
        group: Group::Escalation,
        question: "Who has been notified of this alert?",
        hint: "Who must be, by your own rules, and who has been, when. `:page` calls people with a command of yours.",
        good: "on-call payments 03:14 (answered), CISO 03:40 (message left)",
        form: Form::Lines,
        known: Source::Facts(facts::notified),
    },
    Topic {
        id: "legal",
        group: Group::Escalation,
        question: "When do public relations and legal get involved?",
        hint: "Personal data, payment data, or data that leave their Region or country usually decide it.",
        good: "legal 03:50 (customer data may have been read), public relations not yet",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "support",
        group: Group::Escalation,
        question: "When would you reach out to AWS Support?",
        hint: "For abuse notices, for access that you cannot take away, for logs that only AWS has. Name the case.",
        good: "case 1234567890, opened 04:10, severity production system down",
        form: Form::Line,
        known: Source::Person,
    },
    Topic {
        id: "vulnerability",
        group: Group::Objectives,
        question: "Which vulnerabilities were exploited?",
        hint: "A CVE, a right that was too wide, a credential that leaked: what let them in, and how it is known.",
        good: "the deployer role's key was in a public repository since Tuesday; GuardDuty's caller used it",
        form: Form::Lines,
        known: Source::Facts(facts::vulnerability),
    },
    Topic {
        id: "tools",
        group: Group::Objectives,
        question: "Which exploits and tools were observed?",
        hint: "Images, binaries, commands, addresses, each with where it was seen.",
        good: "image local/tools:2 (digest sha256:1f…), in it xmrig, started 03:02",
        form: Form::Lines,
        known: Source::Facts(facts::tools),
    },
    Topic {
        id: "intent",
        group: Group::Objectives,
        question: "What was the actor's intent?",
        hint: "What they did, not what they might have done; say how sure you are.",
        good: "mining (likely): CPU at 100 %, connections to a pool; no read of data was seen",
        form: Form::Lines,
        known: Source::Person,
    },
    Topic {
        id: "attribution",
        group: Group::Objectives,
        question: "To whom is it attributed?",
        hint: "Addresses and networks are a trace, not a proof. Nobody is a good answer while nothing proves one.",
        good: "nobody; calls came from 198.51.100.7 (AS64500), as the role deployer",
        form: Form::Lines,
        known: Source::Facts(facts::attribution),
    },
    Topic {
        id: "damage",
        group: Group::Objectives,
        question: "What damage was done to the environment and to the business?",
        hint: "Data read, changed or lost; systems changed; money; time. Say what is known and what is not.",
        good: "about 40 failed payments; the secret shop/db was readable and is being rotated",
        form: Form::Lines,
        known: Source::Facts(facts::damage),
    },
];
