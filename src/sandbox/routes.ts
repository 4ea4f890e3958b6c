export interface Route {
  readonly method: string;
  /** Segments; one that begins with a colon takes any value: `/tickets/:id/comments`. */
  readonly path: string;
}

export type Params = Readonly<Record<string, string>>;

/** The first route that fits, with the values of its colon segments. */
export function findRoute<R extends Route>(
  routes: readonly R[],
  method: string,
  path: string,
): { readonly route: R; readonly params: Params } | undefined {
  const segments = split(path);
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchSegments(split(route.path), segments);
    if (params) return { route, params };
  }
  return undefined;
}

const split = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

function matchSegments(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whether a path fits a pattern in which `*` stands for one segment and `**` for anything. */
export function fitsPattern(pattern: string, path: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`).test(path);
}
