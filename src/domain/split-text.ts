/**
 * Splits text so that each part has at most so large a size: at paragraphs, else lines, else words, else anywhere. Never empty.
 * @param sizeOf the size of text as it is sent; at least its length, and not smaller for more text.
 */
export function splitText(text: string, maxSize: number, sizeOf: (part: string) => number): readonly string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== '';) {
    const part = head(rest, maxSize, sizeOf);
    parts.push(part.trimEnd());
    rest = rest.slice(part.length);
  }
  return parts.length === 0 ? [''] : parts;
}

function head(text: string, maxSize: number, sizeOf: (part: string) => number): string {
  if (sizeOf(text) <= maxSize) return text;
  let length = Math.min(text.length, maxSize);
  while (sizeOf(text.slice(0, length)) > maxSize) length = Math.floor(length * 0.9);
  // Not between the halves of a surrogate pair.
  if (/[\uD800-\uDBFF]/.test(text.charAt(length - 1))) length -= 1;
  const whole = text.slice(0, length);
  for (const boundary of ['\n\n', '\n', ' ']) {
    const at = whole.lastIndexOf(boundary);
    if (at > length / 2) return whole.slice(0, at + boundary.length);
  }
  return whole;
}
