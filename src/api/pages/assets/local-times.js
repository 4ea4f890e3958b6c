// Shows every time in the zone and the manner of whoever looks.
const form = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
for (const time of document.querySelectorAll('time')) {
  time.title = time.textContent ?? '';
  time.textContent = form.format(new Date(time.dateTime));
}
