// What faults and times are called on the pages. The service's own sentence is right for most codes;
// here are those that a page can say better, because it knows what to do next.

const SENTENCES = {
  invalid_credentials: 'The e-mail address or the password is not right.',
  not_authenticated: 'You have been signed out in the meantime. Please sign in again.',
  csrf_failed: 'This page has become out of date. Please reload it and try again.',
  origin_not_allowed:
    'This page was opened at an address that the service does not know as its own. Please use its usual address.',
  not_found: 'This is no longer there. Please reload the page.',
  server_busy: 'The service is busy. Please try again in a few seconds.',
  unexpected_answer: 'The service gave an answer that could not be read. Please try again in a moment.',
};

export function sentenceOf(error) {
  if (error.code === 'rate_limited' && error.retryAfter) {
    return `Too many attempts. Please try again in ${duration(error.retryAfter)}.`;
  }
  if (Object.hasOwn(SENTENCES, error.code)) return SENTENCES[error.code];
  return error.detail ?? 'Something went wrong on this page. Please reload it and try again.';
}

// "40 seconds", "3 minutes": rounded up, so that it is true when the time has come.
export function duration(seconds) {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

// "21 Nov 2026", or null for what is no time.
export function day(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return null;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' }).format(date);
}

// "just now", "5 minutes ago", "yesterday", and a date when it is a week ago.
export function ago(time, now = Date.now()) {
  const minutes = Math.round((now - new Date(time).getTime()) / 60_000);
  if (Number.isNaN(minutes)) return 'at an unknown time';
  if (minutes < 2) return 'just now';
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), 'hour');
  const days = Math.round(minutes / (24 * 60));
  return days < 7 ? relative.format(-days, 'day') : `on ${day(time)}`;
}
