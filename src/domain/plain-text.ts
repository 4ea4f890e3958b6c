import type { Action, Content, Item } from './message.ts';

/** Any content as text and links: for systems and moments that take nothing richer. Never empty. */
export function plainText(content: Content): string {
  const parts = [
    content.text?.trim(),
    content.mediaUrl,
    ...placeOf(content),
    ...(content.items ?? []).map(itemText),
    ...(content.actions ?? []).map(actionText),
  ];
  const text = parts.filter((part) => part !== undefined && part !== '').join('\n');
  return text === '' ? `(${content.type})` : text;
}

function placeOf({ coordinates, location }: Content): readonly (string | undefined)[] {
  const map = coordinates === undefined ? undefined : `https://maps.google.com/maps?q=${coordinates.lat},${coordinates.long}`;
  return [location?.name, location?.address, map];
}

function itemText(item: Item, index: number): string {
  const lines = [
    `${index + 1}. ${item.title}`,
    item.description,
    item.mediaUrl,
    ...item.actions.map((action) => `  ${actionText(action)}`),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

const actionText = (action: Action): string =>
  action.uri === undefined || action.uri === '' ? `[${action.text}]` : `${action.text}: ${action.uri}`;
