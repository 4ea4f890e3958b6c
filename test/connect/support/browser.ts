export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Where it leads. */
  readonly location: string;
}

/** What a person has in front of them: keeps cookies, follows nothing by itself. */
export interface Browser {
  visit(url: string): Promise<Page>;
  /** Presses a button on the consent page of the sandbox's Zendesk. @returns where it leads. */
  decide(consentUrl: string, decision: 'allow' | 'deny', asUser?: number): Promise<string>;
  /** The cookies as they were set, attributes and all. */
  readonly cookies: readonly string[];
}

export function openBrowser(): Browser {
  const cookies: string[] = [];
  const ask = async (url: string, init: RequestInit = {}): Promise<Page> => {
    const jar = new Map(
      cookies.map((cookie) => cookie.split(';')[0]?.split('=')).map((pair) => [pair?.[0] ?? '', pair?.[1] ?? '']),
    );
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    cookies.push(...response.headers.getSetCookie());
    const { status, headers } = response;
    return { status, headers, text: await response.text(), location: headers.get('location') ?? '' };
  };
  return {
    cookies,
    visit: (url) => ask(url),
    decide: async (consentUrl, decision, asUser) => {
      const { origin, pathname, searchParams } = new URL(consentUrl);
      searchParams.set('decision', decision);
      if (asUser !== undefined) searchParams.set('sandbox_user_id', String(asUser));
      const page = await ask(`${origin}${pathname.replace(/\/new$/, '')}`, { method: 'POST', body: searchParams });
      return page.location;
    },
  };
}
