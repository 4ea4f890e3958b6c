/** A part that the tests stand on, or why this machine does not have it. */
export type Part<T> = T | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the maintenance database of the run's PostgreSQL. */
    databaseUrl: string;
    /** The tables and columns of a fresh database. */
    schema: string;
    /** Of the run's dev server, and the program that it is. */
    temporal: Part<{ readonly address: string; readonly cli: string }>;
    timeSkippingServer: Part<{ readonly path: string }>;
    /** A browser, for what people see. */
    chromium: Part<{ readonly path: string }>;
    workflowBundle: Part<{ readonly codePath: string }>;
  }
}
