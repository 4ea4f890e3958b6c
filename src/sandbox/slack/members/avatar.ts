import type { Answer } from '../../answer.ts';
import { escapeHtml } from '../../../domain/html.ts';
import { initialsOf } from '../../page-pieces.ts';

const HUES = ['#7a4fb0', '#1f7a8c', '#a8446b', '#3f7d3a', '#9a5b13', '#3a5fb0', '#b04a3a', '#546270'];

/** A picture of initials: `GET /avatars/U…-72.svg?name=`. */
export function avatarSvg(file: string, query: URLSearchParams): Answer {
  const [id = '', size = '72'] = file.replace(/\.svg$/, '').split('-');
  const hue = HUES[Buffer.from(id).reduce((sum, byte) => sum + byte, 0) % HUES.length] ?? '#546270';
  const side = Math.min(Math.max(Number(size) || 72, 16), 1_024);
  const letters = escapeHtml(initialsOf(query.get('name') ?? '?'));
  const body = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 72 72"><rect width="72" height="72" rx="14" fill="${hue}"/><text x="36" y="37" fill="#fff" font-family="system-ui,sans-serif" font-size="28" font-weight="600" text-anchor="middle" dominant-baseline="central">${letters}</text></svg>`;
  const headers = {
    'content-type': 'image/svg+xml',
    'cache-control': 'max-age=3600',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  };
  return { status: 200, headers, body };
}
