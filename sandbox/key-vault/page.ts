const largestPage = 25;

/** Cuts a list into the page an address asks for, with the address of the next one. */
export function createPage(url: URL): (items: readonly unknown[]) => { value: readonly unknown[]; nextLink: string | null } {
  const size = Math.min(Number(url.searchParams.get('maxresults') ?? largestPage), largestPage);
  const start = Number(url.searchParams.get('$skiptoken') ?? 0);
  return (items) => {
    const end = start + size;
    const next = new URL(url);
    next.searchParams.set('$skiptoken', String(end));
    return { value: items.slice(start, end), nextLink: end < items.length ? next.href : null };
  };
}
