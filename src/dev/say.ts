/** Takes one line for the person who started us: what is being done, found, or in the way. */
export type Say = (line: string) => void;

export const sayOnStderr: Say = (line) => void process.stderr.write(`deskbridge: ${line}\n`);

/** The environment of a process: passed in, never read from `process.env` below the entry points. */
export type Env = Readonly<Record<string, string | undefined>>;
