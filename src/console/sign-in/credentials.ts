import { email as emailSchema } from '../../api/fields.ts';

/** What is wrong with what was typed, by the name of the field. */
export type Problems = Readonly<Record<string, string>>;

export const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 256;

/** Reads the form in which somebody says who they are and how they will sign in. */
export function readCredentials(
  form: URLSearchParams,
): { readonly email: string; readonly password: string } | { readonly problems: Problems } {
  const email = emailSchema.safeParse(form.get('email') ?? '');
  const password = form.get('password') ?? '';
  const problems = {
    ...(email.success ? {} : { email: 'Expected an e-mail address.' }),
    ...passwordProblem(password),
  };
  return email.success && Object.keys(problems).length === 0 ? { email: email.data, password } : { problems };
}

/** What is wrong with a new password, if anything. Length is what counts. */
export function passwordProblem(password: string): Problems {
  if (password.length >= SHORTEST_PASSWORD && password.length <= LONGEST_PASSWORD) return {};
  return { password: `Expected ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.` };
}
