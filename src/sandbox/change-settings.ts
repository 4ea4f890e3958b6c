import { z } from 'zod';

const named = z.record(z.string(), z.unknown());

/**
 * Settings with some of them changed; the others stay as they are.
 * @throws {ZodError} when a name is unknown or a value is not possible
 */
export const changeSettings = <Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  current: object,
  change: unknown,
): z.output<z.ZodObject<Shape, z.core.$strict>> => schema.strict().parse({ ...current, ...named.parse(change) });
