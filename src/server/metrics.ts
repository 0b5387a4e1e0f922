import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the metrics are read from. */
export interface MetricSources {
  readonly active: () => number;
  readonly waiting: () => number;
  readonly sessions: () => number;
  readonly sessionBytes: () => number;
}

/** Counts of one server, as Prometheus reads them. */
export interface Metrics {
  readonly observe: (
    request: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ) => void;
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'maskwright_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'maskwright_http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['route'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    const metric = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    registry.registerMetric(metric);
  };
  gauge('maskwright_requests_active', 'Requests in work.', sources.active);
  gauge('maskwright_requests_waiting', 'Requests that wait for their turn.', sources.waiting);
  gauge('maskwright_sessions', 'Open images.', sources.sessions);
  gauge('maskwright_session_bytes', 'Memory of open images.', sources.sessionBytes);
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  return {
    observe: ({ method, route, status }, seconds) => {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ route }, seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
