// What a mailed link carries: `#token=…` or `#code=…`. A fragment never reaches a server or a log; it
// is taken out of the address bar at once, so that it is in no screenshot and no bookmark either. It
// stays in this history entry, for a page that is loaded again.

export function takeFromFragment(name) {
  const carried = new URLSearchParams(location.hash.slice(1)).get(name);
  if (carried) {
    history.replaceState({ ...history.state, [name]: carried }, '', location.pathname + location.search);
  }
  return history.state?.[name] ?? null;
}

// Once it has been used up.
export function forgetFragment(name) {
  history.replaceState({ ...history.state, [name]: undefined }, '');
}
