/** Where a one-time link leads. */
export const welcomeUrl = (publicUrl: string, token: string): string => `${publicUrl}/console/welcome?token=${token}`;
