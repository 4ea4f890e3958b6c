import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span as OtelSpan } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Facts } from '../log.ts';
import { TRACEPARENT } from './tracing.ts';
import type { Span, SpanStart, Tracing } from './tracing.ts';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/**
 * Sends traces by OTLP over HTTP. Where to, and with which headers, the exporter takes from the standard variables
 * (`OTEL_EXPORTER_OTLP_…`), as the resource does (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`).
 * @param ratio how many of the traces that begin here are kept, 0 to 1; one that began elsewhere was decided on there.
 */
export function createTracing(ratio: number): Tracing {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'deskbridge' }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('deskbridge');
  const current = new AsyncLocalStorage<Context>();

  async function within<T>({ name, kind, facts, parent }: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
    const around = contextOf(parent) ?? current.getStore() ?? ROOT_CONTEXT;
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: attributesOf(facts) }, around);
    try {
      return await current.run(trace.setSpan(around, span), () => work(spanOf(span)));
    } catch (error) {
      // Without its words: those of others may quote what people wrote.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    within,
    current: () => {
      const context = trace.getSpan(current.getStore() ?? ROOT_CONTEXT)?.spanContext();
      return context === undefined ? undefined : `00-${context.traceId}-${context.spanId}-0${context.traceFlags & 1}`;
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function contextOf(parent: string | undefined): Context | undefined {
  if (parent === undefined || !TRACEPARENT.test(parent)) return undefined;
  const [, traceId = '', spanId = '', flags = '0'] = parent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

const spanOf = (span: OtelSpan): Span => ({
  tell: (facts, name) => {
    span.setAttributes(attributesOf(facts));
    if (name !== undefined) span.updateName(name);
  },
  failed: () => void span.setStatus({ code: SpanStatusCode.ERROR }),
});

/** Ours are told apart from those that OpenTelemetry has words for. */
const attributesOf = (facts: Facts): Attributes =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.includes('.') ? name : `deskbridge.${name}`, value]],
    ),
  );
