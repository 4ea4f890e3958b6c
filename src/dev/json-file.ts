import { readFile, rename, writeFile } from 'node:fs/promises';
import type { z } from 'zod';

/**
 * A small record of strings or numbers that only its owner may read, kept as JSON.
 *
 * @throws on reading, when the file is damaged: what it held cannot be made up again.
 */
export interface JsonFile<T> {
  read(): Promise<Readonly<Record<string, T>>>;
  write(content: Readonly<Record<string, T>>): Promise<void>;
}

export function jsonFile<T>(file: string, schema: z.ZodType<Record<string, T>>): JsonFile<T> {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(ignoreMissing);
      if (text === undefined) return {};
      try {
        return schema.parse(JSON.parse(text));
      } catch (cause) {
        throw new Error(`${file} is damaged. Repair it, or delete the directory it is in to start afresh.`, { cause });
      }
    },
    async write(content) {
      // Renamed into place, so that being killed leaves the old content or the new one.
      await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
