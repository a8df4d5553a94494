package dev.espora.http;

/** What all connections of a server have in common. */
record Service(Routes routes, HttpLimits limits, HttpTimeouts timeouts, Admission admission) {}
