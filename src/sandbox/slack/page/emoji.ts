/** The short codes that people and apps use most. */
const EMOJI: Readonly<Record<string, string>> = {
  '+1': '👍',
  '-1': '👎',
  bell: '🔔',
  bulb: '💡',
  bust_in_silhouette: '👤',
  clap: '👏',
  envelope: '✉️',
  eyes: '👀',
  fire: '🔥',
  heart: '❤️',
  heavy_check_mark: '✔️',
  hourglass: '⌛',
  incoming_envelope: '📨',
  inbox_tray: '📥',
  information_source: 'ℹ️',
  joy: '😂',
  link: '🔗',
  lock: '🔒',
  memo: '📝',
  no_entry: '⛔',
  paperclip: '📎',
  pray: '🙏',
  question: '❓',
  robot_face: '🤖',
  rocket: '🚀',
  slightly_smiling_face: '🙂',
  smile: '😄',
  speech_balloon: '💬',
  star: '⭐',
  tada: '🎉',
  thumbsup: '👍',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  x: '❌',
};

/** `tada` as a sign; `undefined` when it is not known here. */
export const emojiSign = (name: string): string | undefined => EMOJI[name];

/** The same for text, where a code that is not known stays a code. */
export const emoji = (name: string): string => emojiSign(name) ?? `:${name}:`;
