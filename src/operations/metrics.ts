import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted and measured. Labels are words of ours, of which there are few: no ids, no names of people or accounts. */
export type Metrics = ReturnType<typeof createMetrics>;

const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG = [0.1, 0.5, 1, 2, 5, 5.5, 6, 7.5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `deskbridge_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `deskbridge_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[], buckets: number[]) =>
    new Histogram({ name: `deskbridge_${name}`, help, labelNames, buckets, registers });
  return {
    registry,
    httpSeconds: histogram('http_request_seconds', 'Requests to the API', ['method', 'route', 'status'], SHORT),
    accepted: counter('messages_accepted_total', 'Messages taken in, by where they came from', ['from']),
    hooks: counter('hooks_total', "Requests to the systems' hooks, by what became of them", ['system', 'outcome']),
    bells: counter('bells_total', 'Bells, by whether they got through', ['outcome']),
    sweeps: counter('sweeps_total', 'Looks of the sweep', ['outcome']),
    sweptAt: gauge('last_sweep_timestamp_seconds', 'When the sweep last came through', []),
    activities: counter('activities_total', 'Attempts of activities, by how they ended', ['system', 'activity', 'outcome']),
    activitySeconds: histogram('activity_seconds', 'Attempts of activities', ['system', 'activity'], SHORT),
    waits: counter('waits_total', 'Waits that rounds and collects ended with', ['system', 'reason']),
    batchMessages: histogram('batch_messages', 'Messages delivered in one round', ['system'], [1, 2, 3, 5, 10, 20, 50, 100]),
    deliverySeconds: histogram('delivery_seconds', 'From accepting a message to its delivery', ['system'], LONG),
    vendorCalls: counter('vendor_calls_total', 'Requests to systems, by their outcome', ['system', 'kind', 'outcome']),
    vendorSeconds: histogram('vendor_call_seconds', 'Requests to systems', ['system', 'kind'], SHORT),
    retired: counter('retention_rows_total', 'Rows that retention removed', ['table']),
    messages: gauge('messages', 'Messages that are not delivered, by state', ['system', 'state']),
    oldest: gauge('oldest_undelivered_seconds', 'Age of the oldest message that is not delivered, by state', ['system', 'state']),
    lanesWaiting: gauge('lanes_waiting', 'Lanes that start no round for now, by reason', ['system', 'reason']),
    lanesParked: gauge('lanes_parked', 'Lanes of parked destinations that hold messages', ['system']),
    destinationsParked: gauge('destinations_parked', 'Destinations that a person must repair', ['system']),
    ledgerRead: gauge('ledger_readable', '1 while the database tells what the other gauges say', []),
  };
}
